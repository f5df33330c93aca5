type Given<Fields> = {
  [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
};

/** The fields that have a value: what an input leaves out is left out of what a command is given. */
export const given = <Fields extends object>(fields: Fields): Given<Fields> =>
  // What is left is what is not undefined, which `fromEntries` cannot tell the type checker.
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
