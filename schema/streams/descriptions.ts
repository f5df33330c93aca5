export const CURSOR = 'Where the stream stands: hand it in as `after` to go on from here.';
export const AFTER = 'Only what follows the message with this cursor.';
