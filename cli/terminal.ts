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
    ask: (question, signal) => readLine(stdin, stderr, question, signal),
    async askSecret(question, signal) {
      stderr.write(question)
      const secret = await readLine(stdin, silent, '', signal)
      stderr.write('\n')
      return secret
    },
  }
}

function readLine(
  input: NodeJS.ReadStream,
  output: NodeJS.WritableStream,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const lines = createInterface({ input, output, terminal: true })
  const abort = (): void => {
    lines.close()
    reject(new DOMException('Interrupted.', 'AbortError'))
  }
  // Raw mode: Ctrl-C arrives here as a key, not as a signal.
  lines.once('SIGINT', abort)
  lines.once('close', abort)
  signal.addEventListener('abort', abort, { once: true })
  lines.question(question, (answer) => {
    resolve(answer)
    signal.removeEventListener('abort', abort)
    lines.close()
  })
  return promise
}
