import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** A person who can be asked. */
export type Terminal = {
  /** The line that is typed after `question`. Rejects when aborted or when the input ends. */
  ask(question: string, signal: AbortSignal): Promise<string>
  /** The same, without showing what is typed. */
  askSecret(question: string, signal: AbortSignal): Promise<string>
}

/** The person at stdin, asked on stderr; undefined where nobody sits. */
export function terminalOf(stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Terminal | undefined {
  if (!stdin.isTTY || !stderr.isTTY) return undefined
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  return {
    async ask(question, signal) {
      try {
        return await readLine(stdin, stderr, (lines) => lines.setPrompt(question), signal)
      } catch (error) {
        // What is said next begins a line of its own.
        stderr.write('\n')
        throw error
      }
    },
    async askSecret(question, signal) {
      try {
        // The question comes once the terminal echoes nothing any more: somebody may type, or paste, at once.
        return await readLine(stdin, silent, () => stderr.write(question), signal)
      } finally {
        stderr.write('\n')
      }
    },
  }
}

function readLine(
  input: NodeJS.ReadStream,
  output: NodeJS.WritableStream,
  pose: (lines: ReturnType<typeof createInterface>) => void,
  signal: AbortSignal,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const abort = (): void => reject(new DOMException('Interrupted.', 'AbortError'))
  const lines = createInterface({ input, output, terminal: true, prompt: '' })
  lines.once('line', resolve)
  // Raw mode: Ctrl-C arrives here as a key, not as a signal.
  lines.once('SIGINT', abort)
  lines.once('close', abort)
  signal.addEventListener('abort', abort, { once: true })
  pose(lines)
  lines.prompt()
  return promise.finally(() => {
    signal.removeEventListener('abort', abort)
    lines.close()
  })
}
