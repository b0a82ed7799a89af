import { Writable } from "node:stream";

/** Everything that is logged while a function runs, as one text. */
export async function capturedLogs(run: () => Promise<void>): Promise<string> {
  const lines: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  const sink = new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) });
  process.stdout.write = sink.write.bind(sink) as typeof process.stdout.write;
  try {
    await run();
  } finally {
    process.stdout.write = write;
  }
  return lines.join("");
}
