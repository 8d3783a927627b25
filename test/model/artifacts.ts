import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Abi, Hex } from 'viem'

/** The root of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const SOURCES = ['contracts/src/MaturityOracle.sol', 'test/contracts/model/ModelActor.sol']
const MODELS = ['ModelToken', 'ModelInterest', 'ModelLens'].map((name) => `test/contracts/model/${name}.sol`)

export type Artifact = { readonly abi: Abi; readonly bytecode: Hex }
export type Artifacts = Readonly<Record<'oracle' | 'token' | 'interest' | 'actor' | 'lens', Artifact>>

/** Where forge runs, and where it puts what it builds, if not where foundry.toml says. */
export type BuildOptions = { readonly root?: string; readonly out?: string; readonly cache?: string }

/** Compiles the oracle and the model's counterparts with forge (nothing to do if nothing changed) and reads them. */
export async function buildArtifacts({ root = ROOT, out, cache }: BuildOptions = {}): Promise<Artifacts> {
  const folders = [
    ...(out === undefined ? [] : ['--out', out]),
    ...(cache === undefined ? [] : ['--cache-path', cache]),
  ]
  const forge = join(ROOT, 'node_modules', '.bin', 'forge')
  await promisify(execFile)(forge, ['build', ...folders, ...SOURCES, ...MODELS], { cwd: root })
  const read = (name: string): Artifact => readArtifact(out ?? join(root, 'contracts', 'out'), name)
  return {
    oracle: read('MaturityOracle'),
    token: read('ModelToken'),
    interest: read('ModelInterest'),
    actor: read('ModelActor'),
    lens: read('ModelLens'),
  }
}

function readArtifact(out: string, name: string): Artifact {
  const artifact = JSON.parse(readFileSync(join(out, `${name}.sol`, `${name}.json`), 'utf8')) as {
    abi: Abi
    bytecode: { object: Hex }
  } // forge's own format
  return { abi: artifact.abi, bytecode: artifact.bytecode.object }
}
