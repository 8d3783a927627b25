import { Argument, type Command } from 'commander'
import { bashScript } from '../completion/bash.ts'
import { fishScript } from '../completion/fish.ts'
import { grammarOf } from '../completion/grammar.ts'
import { zshScript } from '../completion/zsh.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { programWith } from '../program.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

type Shell = keyof typeof SCRIPTS

const EXAMPLES = `
It names the commands of this version: print it again after an update.

Examples:
  assize completion bash > ~/.local/share/bash-completion/completions/assize
  assize completion zsh > ~/.zsh/completions/_assize
  assize completion fish > ~/.config/fish/completions/assize.fish`

/** Adds `assize completion`: the script by which a shell completes commands, options and files. */
export function defineCompletion(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose script').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell) => {
      const whole = await programWith(() => true, context, done)
      context.io.out(SCRIPTS[shell](grammarOf(whole)))
      done(EXIT.ok)
    })
}
