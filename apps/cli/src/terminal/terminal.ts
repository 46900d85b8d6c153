export const formats = ['table', 'json', 'csv'] as const;
export type Format = (typeof formats)[number];

/** Where a command speaks: its report on `out`, all else on `err`. */
export interface Terminal {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function notice(terminal: Terminal, text: string): void {
  terminal.err.write(`${text}\n`);
}

/** Resolves when the stream has taken the text, so that the process does not end before a pipe has it. */
export async function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
