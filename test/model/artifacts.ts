import { execFile } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Abi, Hex } from 'viem'

/** The root of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const SOURCES = ['contracts/src/MaturityOracle.sol', 'test/contracts/model/ModelActor.sol']
const REGISTRY_SOURCES = [
  'contracts/src/ReporterRegistry.sol',
  'test/contracts/model/ModelOwner.sol',
  'test/contracts/model/ModelMirror.sol',
]
const JURY_SOURCES = ['contracts/src/arbitrators/JuryArbitrator.sol', 'test/contracts/model/ModelJuror.sol']
const COURT_SOURCES = [
  'contracts/src/arbitrators/CouncilArbitrator.sol',
  'contracts/src/arbitrators/Erc792Arbitrator.sol',
  'contracts/src/arbitrators/UmaArbitrator.sol',
  'test/contracts/model/ModelCourt.sol',
  'test/contracts/model/ModelKlerosCourt.sol',
  'test/contracts/model/ModelOwner.sol',
  'test/contracts/model/ModelViewer.sol',
]
const FLOCK = '/usr/bin/flock'
const MODELS = ['ModelToken', 'ModelInterest', 'ModelLens'].map((name) => `test/contracts/model/${name}.sol`)

export type Artifact = { readonly abi: Abi; readonly bytecode: Hex }
export type Artifacts = Readonly<Record<'oracle' | 'token' | 'interest' | 'actor' | 'lens', Artifact>>
export type JuryArtifacts = Artifacts & Readonly<Record<'jury' | 'juror', Artifact>>
export type CourtArtifacts = Artifacts &
  Readonly<Record<'council' | 'erc792' | 'uma' | 'court' | 'kleros' | 'owner' | 'viewer', Artifact>>
export type RegistryArtifacts = Artifacts & Readonly<Record<'registry' | 'owner' | 'mirror', Artifact>>

/** Where forge runs, and where it puts what it builds, if not where foundry.toml says. */
export type BuildOptions = { readonly root?: string; readonly out?: string; readonly cache?: string }

/** Compiles the oracle and the model's counterparts with forge (nothing to do if nothing changed) and reads them. */
export async function buildArtifacts(options: BuildOptions = {}): Promise<Artifacts> {
  return readAll(await build([...SOURCES, ...MODELS], options))
}

/** As {@link buildArtifacts}, and the registry with what its model needs. */
export async function buildRegistryArtifacts(options: BuildOptions = {}): Promise<RegistryArtifacts> {
  const out = await build([...SOURCES, ...MODELS, ...REGISTRY_SOURCES], options)
  return {
    ...readAll(out),
    registry: readArtifact(out, 'ReporterRegistry'),
    owner: readArtifact(out, 'ModelOwner'),
    mirror: readArtifact(out, 'ModelMirror'),
  }
}

/** As {@link buildArtifacts}, and the jury with its parties. */
export async function buildJuryArtifacts(options: BuildOptions = {}): Promise<JuryArtifacts> {
  const out = await build([...SOURCES, ...MODELS, ...JURY_SOURCES], options)
  return { ...readAll(out), jury: readArtifact(out, 'JuryArbitrator'), juror: readArtifact(out, 'ModelJuror') }
}

/** As {@link buildArtifacts}, and the arbitrators that are no juries, with what their models need. */
export async function buildCourtArtifacts(options: BuildOptions = {}): Promise<CourtArtifacts> {
  const out = await build([...SOURCES, ...MODELS, ...COURT_SOURCES], options)
  return {
    ...readAll(out),
    council: readArtifact(out, 'CouncilArbitrator'),
    erc792: readArtifact(out, 'Erc792Arbitrator'),
    uma: readArtifact(out, 'UmaArbitrator'),
    court: readArtifact(out, 'ModelCourt'),
    kleros: readArtifact(out, 'ModelKlerosCourt'),
    owner: readArtifact(out, 'ModelOwner'),
    viewer: readArtifact(out, 'ModelViewer'),
  }
}

/** Compiles `sources`; the folder that forge put them into. */
async function build(sources: readonly string[], { root = ROOT, out, cache }: BuildOptions): Promise<string> {
  const folders = [
    ...(out === undefined ? [] : ['--out', out]),
    ...(cache === undefined ? [] : ['--cache-path', cache]),
  ]
  await forgeBuild([...folders, ...sources], root)
  return out ?? join(root, 'contracts', 'out')
}

/**
 * Runs `forge build` with `args` in `root`; where util-linux has flock, alone there. Forge writes anew in place what it knows of
 * earlier builds, even if there is nothing to do: of two at once one can read half of it and compile everything again.
 */
export async function forgeBuild(args: readonly string[], root: string): Promise<void> {
  const forge = [join(ROOT, 'node_modules', '.bin', 'forge'), 'build', ...args]
  const [file = '', ...rest] = hasFlock() ? [FLOCK, join(root, 'foundry.toml'), ...forge] : forge
  await promisify(execFile)(file, rest, { cwd: root })
}

function hasFlock(): boolean {
  try {
    accessSync(FLOCK, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function readAll(out: string): Artifacts {
  return {
    oracle: readArtifact(out, 'MaturityOracle'),
    token: readArtifact(out, 'ModelToken'),
    interest: readArtifact(out, 'ModelInterest'),
    actor: readArtifact(out, 'ModelActor'),
    lens: readArtifact(out, 'ModelLens'),
  }
}

function readArtifact(out: string, name: string): Artifact {
  const artifact = JSON.parse(readFileSync(join(out, `${name}.sol`, `${name}.json`), 'utf8')) as {
    abi: Abi
    bytecode: { object: Hex }
  } // forge's own format
  return { abi: artifact.abi, bytecode: artifact.bytecode.object }
}
