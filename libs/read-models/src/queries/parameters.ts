/** Numbers a statement's parameters as its text is put together: nothing a client sent is ever part of the text. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** The same statements as the text of a view or function: values are names of what the database provides. */
export class ViewParameters extends Parameters {
  constructor(private readonly expressions: ReadonlyMap<unknown, string>) {
    super();
  }

  override add(value: unknown): string {
    const expression = this.expressions.get(value);
    if (expression === undefined) throw new Error(`a view has no expression for ${String(value)}`);
    return expression;
  }
}
