import { spawn } from 'node:child_process'
import { cleanEnvironment } from './network.ts'

/** The keys that are no letters. */
export const KEYS = { enter: '\r', ctrlC: '\u0003', ctrlD: '\u0004' } as const

/** A terminal as a person has one, which echoes what is typed and makes a signal of Ctrl-C, unless a program has it do otherwise. */
export type PseudoTerminal = {
  /** What was shown since what was last waited for, up to `text`. Rejects if the command ends without showing it. */
  until(text: string): Promise<string>
  type(keys: string): void
  /** Waits for the end. */
  end(): Promise<Played>
}

/** How a command at a terminal ended. */
export type Played = {
  readonly exitCode: number
  /** Everything that was shown by it. */
  readonly shown: string
  /** The settings of the terminal, such as whether it echoes, before the command and after it. */
  readonly settings: readonly [before: string, after: string]
}

/** Runs `command`, lines of bash, in `folder` at a terminal of its own. */
export function openTerminal(command: string, folder: string): PseudoTerminal {
  const lines = [
    'stty rows 50 cols 250',
    // Ctrl-C reaches everything that runs at the terminal; who has started the command waits for it.
    'trap : INT',
    'echo "settings $(stty -g)"',
    command,
    'echo "exit $?"',
    'echo "settings $(stty -g)"',
  ]
  const env = { ...cleanEnvironment(), SHELL: '/bin/bash', TERM: 'xterm' }
  const script = spawn('script', ['--quiet', '--flush', '--command', lines.join('\n'), '/dev/null'], {
    cwd: folder,
    env,
  })
  let shown = ''
  let waited = 0
  let hasEnded = false
  const looks = new Set<() => void>()
  const lookAgain = (): void => looks.forEach((look) => look())
  script.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    lookAgain()
  })
  const ended = new Promise<void>((resolve, reject) => {
    script.once('error', reject)
    script.once('close', () => {
      hasEnded = true
      lookAgain()
      resolve()
    })
  })
  return {
    until(text) {
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      const look = (): void => {
        const at = shown.indexOf(text, waited)
        if (at === -1 && !hasEnded) return
        looks.delete(look)
        if (at === -1)
          return reject(new Error(`Expected "${text}" at the terminal, got its end: ${shown.slice(waited)}`))
        const part = shown.slice(waited, at + text.length)
        waited = at + text.length
        resolve(part)
      }
      looks.add(look)
      look()
      return promise
    },
    type: (keys) => void script.stdin.write(keys),
    async end() {
      await ended
      const [, before = '', during = '', exitCode = '', after = ''] =
        /^settings (\S+)\r\n(.*)exit (\d+)\r\nsettings (\S+)\r\n$/ms.exec(shown) ?? []
      return { exitCode: Number(exitCode || Number.NaN), shown: during, settings: [before, after] }
    },
  }
}
