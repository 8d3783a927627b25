import { resolve } from 'node:path'
import type { Address } from 'viem'
import type { Chain } from '#client/chain.ts'
import { printable } from '#protocol/printable.ts'
import { address, addresses, port as parsePort } from '../arguments.ts'
import { keystoreAt } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { requireJury } from '../court/jury-court.ts'
import { InputError } from '../errors.ts'
import { DEFAULT_RPC } from '../options.ts'
import { withoutSecrets } from '../secrets.ts'
import { checkEndpoint, checkOracle, checkRegistry, type Endpoint } from './chain-answers.ts'
import type { InitFlags } from './flags.ts'
import { checkFile, checkIndexFolder, foreignChains, needsFile } from './index-answers.ts'
import { checkMultiaddrs, checkPort } from './network-answers.ts'
import { answer, type Desk, parts, read } from './questions.ts'
import { type Places, type Settings, SETUP_ROLES, type SetupRole } from './settings.ts'

/** Where peers are listened for, and where the node answers its own machine, unless told otherwise. */
const PORT = 4_001
const HTTP_PORT = 9_464
const LOOPBACK = '127.0.0.1'

type Asking = {
  readonly flags: InitFlags
  readonly context: Context
  readonly desk: Desk
  readonly places: Places
}

type Named<K extends keyof Settings> = Pick<Settings, K>

/**
 * Everything that a node's settings need, asked in turn, each looked at at once. Throws as {@link answer}. What the environment
 * says is offered to whoever sits there, and not taken unseen: it may be of the owner, or of another node.
 */
export async function askSettings({ context, ...rest }: Asking): Promise<Settings> {
  const { flags, places } = rest
  const asking = { ...rest, context: flags.yes === true ? { ...context, env: {} } : context }
  if (flags.keystore !== undefined) requireKeystore(resolve(flags.keystore))
  const role = await askRole(asking)
  const { chain, ...endpoints } = await askEndpoints(asking)
  const contracts = await askContracts(asking, chain)
  const indexSettings = await askIndices(asking, chain)
  const trust = await askTrust(asking, role, chain)
  const network = await askNetwork(asking)
  const key =
    role === 'watcher'
      ? undefined
      : {
          keystore: flags.keystore === undefined ? places.keystore : resolve(flags.keystore),
          passwordFile: flags.passwordFile === undefined ? places.password : resolve(flags.passwordFile),
        }
  return { role, key, ...endpoints, ...contracts, ...indexSettings, ...trust, ...network }
}

/** A key that is named is one that exists: another in its place would report as somebody else. Throws InputError. */
function requireKeystore(keystore: string): void {
  if (keystoreAt(keystore) !== undefined) return
  throw new InputError(
    `Expected a keystore at ${keystore}, got none.`,
    'Correct its path; or leave --keystore out, and a key is made.',
  )
}

function askRole({ flags, desk }: Asking): Promise<SetupRole> {
  return answer(desk, {
    flag: '--role',
    text: `What it shall be: ${SETUP_ROLES.join(', ')}`,
    given: flags.role,
    otherwise: 'reporter',
    check: (text) => {
      const role = SETUP_ROLES.find((one) => one === text)
      if (role !== undefined) return role
      throw new InputError(`Expected ${SETUP_ROLES.join(', ')}, got "${text}".`, '')
    },
  })
}

async function askEndpoints({
  flags,
  desk,
  context,
}: Asking): Promise<Named<'rpcUrls' | 'chainId' | 'clock'> & { readonly chain: Chain }> {
  const { clock } = flags
  const { now, env, io } = context
  const look = (url: string, chainId: number | undefined): Promise<Endpoint> =>
    told(io, checkEndpoint(url, { chainId, clock, now }))
  const otherwise = env['ASSIZE_RPC_URL'] ?? DEFAULT_RPC
  const { chain, url } = await answer(desk, {
    flag: '--rpc',
    text: 'JSON-RPC endpoint of the chain',
    given: flags.rpc,
    otherwise,
    shown: withoutSecrets(otherwise),
    check: (text) => look(text, flags.chainId),
  })
  const { chainId } = chain
  const others = await answer(desk, {
    flag: '--rpc-fallbacks',
    text: 'Endpoints of others, to compare with, commas between (none: the one is believed)',
    given: flags.rpcFallbacks,
    otherwise: '',
    check: (text) => Promise.all(parts(text).map((one) => look(one, chainId))),
  })
  return { chain, rpcUrls: [...new Set([url, ...others.map((one) => one.url)])], chainId, clock }
}

async function askContracts(
  { flags, desk, context: { env, io } }: Asking,
  chain: Chain,
): Promise<Named<'oracle' | 'registry' | 'fromBlock'>> {
  const { oracle, fromBlock } = await answer(desk, {
    flag: '--oracle',
    text: 'Address of the MaturityOracle',
    given: flags.oracle,
    otherwise: env['ASSIZE_ORACLE'],
    check: (text) => told(io, checkOracle(chain, read(address, text))),
  })
  const { registry } = await answer(desk, {
    flag: '--registry',
    text: 'Address of the ReporterRegistry',
    given: flags.registry,
    otherwise: env['ASSIZE_REGISTRY'],
    check: (text) => told(io, checkRegistry(chain, read(address, text), oracle)),
  })
  return { oracle, registry, fromBlock: flags.fromBlock ?? fromBlock }
}

async function askIndices(
  { flags, desk, context: { env, io }, places }: Asking,
  { chainId, rpcUrl }: Chain,
): Promise<Named<'indexDir' | 'csvFile' | 'sourceRpc'>> {
  const { folder, documents } = await answer(desk, {
    flag: '--index-dir',
    text: 'Folder with the documents of the indices to observe',
    given: flags.indexDir,
    otherwise: env['ASSIZE_INDEX_DIR'] ?? places.indices,
    check: checkIndexFolder,
  })
  io.err(`  ${documents.map(({ name }) => printable(name)).join(', ')}`)
  const csvFile = needsFile(documents)
    ? await answer(desk, {
        flag: '--prices',
        text: 'The CSV file that their sources without an address read',
        given: flags.prices,
        otherwise: env['ASSIZE_CSV_FILE'],
        check: checkFile,
      })
    : undefined
  const sourceRpc = new Map([...flags.sourceRpc].map(([id, { urls }]) => [id, urls]))
  for (const id of foreignChains(documents, chainId)) {
    const endpoints = await answer(desk, {
      flag: '--source-rpc',
      text: `JSON-RPC endpoints of chain ${id}, which an index reads, commas between; one alone is believed (the oracle's is ${rpcUrl})`,
      given: sourceRpc.get(id)?.join(','),
      otherwise: undefined,
      check: (text) =>
        Promise.all(parts(text).map((url) => checkEndpoint(url, { chainId: id, clock: 'chain', now: () => 0n }))),
    })
    sourceRpc.set(id, [...new Set(endpoints.map(({ url }) => url))])
  }
  return { indexDir: folder, csvFile, sourceRpc }
}

async function askTrust(
  { flags, desk, context: { env } }: Asking,
  role: SetupRole,
  chain: Chain,
): Promise<Named<'arbitrators' | 'juries' | 'principals'>> {
  const isReporter = role === 'reporter'
  const asked = (flag: string, text: string, given: readonly Address[] | undefined, otherwise: string | undefined) =>
    answer(desk, { flag, text, given: given?.join(','), otherwise, check: (typed) => read(addresses, typed) })
  const arbitrators = isReporter
    ? await asked(
        '--arbitrators',
        'Who may rule where it stakes, addresses with commas between (none: it stakes on nothing)',
        flags.arbitrators,
        env['ASSIZE_POLICY_ARBITRATORS'] ?? '',
      )
    : []
  const juries =
    role === 'juror' || flags.juries !== undefined
      ? await answer(desk, {
          flag: '--juries',
          text: 'The juries in which it votes, addresses with commas between',
          given: flags.juries?.join(','),
          otherwise: env['ASSIZE_JURY'],
          check: (text) => Promise.all(read(addresses, text).map((jury) => requireJury(chain, jury))),
        })
      : []
  const principals =
    role === 'juror'
      ? await asked('--for', 'Accounts whose seats it votes for (none: its own alone)', flags.for, '')
      : (flags.for ?? [])
  return { arbitrators, juries, principals }
}

async function askNetwork({ flags, desk }: Asking): Promise<Named<'port' | 'announce' | 'bootstrap' | 'httpPort'>> {
  const port = await answer(desk, {
    flag: '--port',
    text: 'TCP port for its peers',
    given: flags.port?.toString(),
    otherwise: String(PORT),
    check: (text) => checkPort(text, '0.0.0.0'),
  })
  const announce = await answer(desk, {
    flag: '--announce',
    text: 'Where others can call it, such as /dns4/me.example/tcp/4001 (none: they cannot, it calls them)',
    given: flags.announce,
    otherwise: '',
    check: (text) => checkMultiaddrs(text, 'this node'),
  })
  const bootstrap = await answer(desk, {
    flag: '--bootstrap',
    text: 'Peers to call first, such as /dns4/node.example/tcp/4001/p2p/12D3KooW… (none: it waits to be called)',
    given: flags.bootstrap,
    otherwise: '',
    check: (text) => checkMultiaddrs(text, 'peers'),
  })
  const httpPort = await answer(desk, {
    flag: '--http-port',
    text: 'Port on 127.0.0.1 for its state and metrics',
    given: flags.httpPort?.toString(),
    otherwise: String(HTTP_PORT),
    check: async (text) => {
      const asked = await checkPort(text, LOOPBACK)
      if (asked !== port) return asked
      throw new InputError(`Expected another port than the peers', got ${read(parsePort, text)}.`, 'Name another.')
    },
  })
  return { port, announce, bootstrap, httpPort }
}

/** Says what was found, as soon as it was. */
async function told<T extends { readonly found: string }>(io: Context['io'], look: Promise<T>): Promise<T> {
  const result = await look
  io.err(`  ${result.found}`)
  return result
}
