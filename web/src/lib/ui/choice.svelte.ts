/** The row that a dialog is about; it stays while the dialog fades out. Null stands for a new one. */
export class Choice<Row> {
  isOpen = $state(false);
  row = $state.raw<Row | null>(null);

  /** Opens the dialog for a row. */
  readonly open = (row: Row | null = null): void => {
    this.row = row;
    this.isOpen = true;
  };
}
