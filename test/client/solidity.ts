import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Abi, Hex } from 'viem'

/** A compiler from npm, by the name under which package.json has it: that of the contracts; and Morpho's, the oldest that
 * what consumers import is for. */
export type CompilerName = 'solc' | 'solc-0.8.19'

/** Where solady says that its sources are. */
const REMAPPINGS = ['solady/=node_modules/solady/src/']

/** What is compiled: the file `entry` of the folder `root`, whose packages lie in `root`/node_modules. */
export type Compilation = {
  readonly compiler: CompilerName
  readonly root: string
  readonly entry: string
}

/** A contract as the compiler gives it. */
export type Compiled = { readonly abi: Abi; readonly bytecode: Hex }

/** The sources do not compile. */
export class CompilationError extends Error {
  override name = 'Solidity.CompilationError'
}

type Compiler = { compile(input: string, callbacks: { import(path: string): Found }): string }
type Found = { readonly contents: string } | { readonly error: string }
type Output = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts: Record<string, Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>
}

/** The contract of the entry's name, optimised. Throws for errors and for warnings: `CompilationError`. */
export function compile({ compiler, root, entry }: Compilation): Compiled {
  const name = /(\w+)\.sol$/.exec(entry)?.[1] ?? entry
  const input = {
    language: 'Solidity',
    sources: { [entry]: { content: readFileSync(join(root, entry), 'utf8') } },
    settings: {
      optimizer: { enabled: true },
      remappings: REMAPPINGS,
      outputSelection: { [entry]: { [name]: ['abi', 'evm.bytecode.object'] } },
    },
  }
  const find = (path: string): Found => {
    const file = [join(root, path), join(root, 'node_modules', path)].find((one) => existsSync(one))
    return file === undefined ? { error: `no ${path}` } : { contents: readFileSync(file, 'utf8') }
  }
  const output = JSON.parse(load(compiler).compile(JSON.stringify(input), { import: find })) as Output // standard JSON
  const remarks = (output.errors ?? []).filter(({ severity }) => severity !== 'info')
  const contract = output.contracts?.[entry]?.[name]
  if (remarks.length > 0 || contract === undefined)
    throw new CompilationError(remarks.map(({ formattedMessage }) => formattedMessage).join('\n'))
  return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}` }
}

/** solc listens to failures of the process in its own way; they are ours. */
function load(name: CompilerName): Compiler {
  const loaded = createRequire(import.meta.url)(name) as Compiler // the package has no types
  process.removeAllListeners('uncaughtException')
  process.removeAllListeners('unhandledRejection')
  return loaded
}
