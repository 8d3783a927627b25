import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Address, Hex } from 'viem'
import { readPurse, readToken } from '#client/bond-token.ts'
import { type Chain, latestBlock } from '#client/chain.ts'
import { readMemberships } from '#client/membership.ts'
import type { Config } from '#node/config'
import { address as parseAddress, type Amount, amount, baseUnits } from '../arguments.ts'
import { DeclinedError } from '../chain/confirm.ts'
import { shareable } from '../chain/connection.ts'
import { keystoreAt } from '../chain/signer.ts'
import { commandLine } from '../command-line.ts'
import { enlist } from '../commands/register.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { ETHER, formatAmount, formatTime } from '../format.ts'
import { MAX_AGE } from '../options.ts'
import type { Check } from '../reporter/check.ts'
import { consentOf, peerIdOf, requireApart } from '../reporter/consent.ts'
import { type ConsentFile, readConsent } from '../reporter/consent-file.ts'
import { writeNew } from '../output-file.ts'
import { checkRegistry } from './chain-answers.ts'
import type { InitFlags } from './flags.ts'
import { answer, type Desk, read } from './questions.ts'
import type { Places } from './settings.ts'

/** How far a reporter's registration is. */
export type Registration =
  | { readonly kind: 'registered'; readonly index: number; readonly activeTime: bigint }
  /** The keys have agreed; `command` is for wherever the owner's key is. */
  | { readonly kind: 'agreed'; readonly owner: Address; readonly stake: bigint; readonly command: string }

type Setting = {
  readonly config: Config
  readonly chain: Chain
  readonly minStake: bigint
  readonly signer: Address
  readonly flags: InitFlags
  readonly places: Places
  readonly context: Context
  readonly desk: Desk
  /** Looks at the whole set-up as it is now. */
  readonly inspect: () => Promise<readonly Check[]>
}

/** A consent holds for so long, seconds, and one that ends within an hour is made again. */
const VALID_SECONDS = 604_800
const LEAST_LEFT = 3_600n

/**
 * Brings the registration as far as it can be from here: found, or agreed to, or, where the owner's key is at hand and its
 * owner agrees, sent. Throws InputError, RefusedError where the check-up finds something bad before the stake is sent,
 * DeadRpcError, the keystore's errors.
 */
export async function ensureRegistered(setting: Setting): Promise<Registration> {
  const known = await registered(setting)
  if (known !== undefined) return known
  const { owner, stake } = await ensureConsent(setting)
  const { flags, places, context, config } = setting
  const command = ownersCommand(setting)
  if (flags.ownerKeystore === undefined) return { kind: 'agreed', owner, stake, command }
  await requireWell(setting)
  const [rpcUrl = ''] = config.rpcUrls
  context.io.err(`Registering takes ${formatAmount(stake, ETHER)} from ${owner}:`)
  try {
    const { performed } = await enlist(
      places.consent,
      {
        rpc: rpcUrl,
        oracle: config.oracle,
        registry: config.registry,
        keystore: flags.ownerKeystore,
        ...(flags.ownerPasswordFile === undefined ? {} : { passwordFile: flags.ownerPasswordFile }),
        ...(config.chainId === undefined ? {} : { chainId: config.chainId }),
        // On a network to try things on, time is what its newest block says.
        maxAge: config.clock === 'chain' ? Number.MAX_SAFE_INTEGER : MAX_AGE,
        ...(flags.max === undefined ? {} : { max: flags.max }),
        ...(flags.dryRun === true ? { dryRun: true } : {}),
        ...(flags.yes === true ? { yes: true } : {}),
        // Talk, not results: those are one document.
        json: true,
      },
      context,
    )
    const receipt = performed.sent.at(-1)
    context.io.err(
      receipt === undefined ? 'Only simulated: nothing was sent.' : `Registered in block ${receipt.blockNumber}.`,
    )
  } catch (error) {
    if (!(error instanceof DeclinedError)) throw error
    return { kind: 'agreed', owner, stake, command }
  }
  return (await registered(setting)) ?? { kind: 'agreed', owner, stake, command }
}

/**
 * The stake goes by what one endpoint says: so everything is looked at right before, that the endpoints agree among it. Whether
 * a node runs already and is ready is no matter of the stake's. Throws RefusedError.
 */
async function requireWell({ inspect, config, chain }: Setting): Promise<void> {
  const bad = (await inspect()).filter(({ what, state }) => state === 'bad' && what !== 'node')
  if (bad.length > 0) {
    throw new RefusedError(
      `Expected nothing bad in the check-up before the stake is sent, got ${bad.map(({ what, found }) => `${what}: ${found}`).join('; ')}.`,
      'Mend it, and run this again: nothing was sent.',
    )
  }
  await checkRegistry(chain, config.registry, config.oracle)
}

async function registered({ chain, config, signer }: Setting): Promise<Registration | undefined> {
  const { time } = await latestBlock(chain)
  const members = await readMemberships(chain, config.registry, time)
  const own = members.find((member) => member.signer === signer && member.inactiveTime === undefined)
  return own === undefined ? undefined : { kind: 'registered', index: own.index, activeTime: own.activeTime }
}

/** Whom the keys have agreed to be registered by, in a file that holds; made if there is none. */
async function ensureConsent(setting: Setting): Promise<{ readonly owner: Address; readonly stake: bigint }> {
  const { chain, config, places, context, signer } = setting
  const { time } = await latestBlock(chain)
  if (existsSync(places.consent)) {
    const found = await readConsent(places.consent)
    const { owner, stake, deadline } = found.agreed.registration
    requireSame(setting, found, await peerIdOf(config.dataDir))
    if (deadline > time + LEAST_LEFT) {
      context.io.err(`The consent in ${places.consent} holds until ${formatTime(deadline)}.`)
      return { owner, stake }
    }
    // It is worth nothing any more, and has no secret in it.
    await rm(places.consent)
  }
  const owner = await askOwner(setting)
  const stake = await askStake(setting)
  await sayPurse(setting, owner, stake.base)
  const text = await consentOf(config, { owner, stake: stake.typed, valid: VALID_SECONDS }, context)
  await writeNew(places.consent, `${text}\n`)
  context.io.err(`Written: ${places.consent}. ${signer} may be registered by ${owner} alone.`)
  return { owner, stake: stake.base }
}

function requireSame(
  { config, chain, flags, places, signer }: Setting,
  { chainId, registry, agreed: { registration: found } }: ConsentFile,
  peerId: Hex,
): void {
  const owner = ownerOf(flags)
  const pairs = [
    ['the owner', owner, found.owner],
    ['the key', signer, found.signer],
    ['the registry', config.registry, registry],
    ['the chain', String(chain.chainId), String(chainId)],
    // Others find a reporter by the peer that it was registered as, for good.
    ['the peer', peerId, found.peerId],
    [
      'a stake of',
      flags.stake === undefined ? undefined : formatAmount(baseUnits(flags.stake, ETHER), ETHER, 18),
      formatAmount(found.stake, ETHER, 18),
    ],
  ] as const
  const wrong = pairs.find(([, want, got]) => want !== undefined && want !== got)
  if (wrong === undefined) return
  const [what, want, got] = wrong
  throw new InputError(
    `Expected ${what} ${want} in ${places.consent}, got ${got}.`,
    `If it was not registered, remove the file: another is made.`,
  )
}

/** As the flags say: by address, or by a keystore that carries its own. */
function ownerOf({ owner, ownerKeystore }: InitFlags): Address | undefined {
  if (ownerKeystore === undefined) return owner
  const known = keystoreAt(ownerKeystore)
  if (known === undefined) {
    throw new InputError(`Expected the owner's keystore at ${ownerKeystore}, got none.`, 'Correct its path.')
  }
  if (owner !== undefined && known.address !== undefined && known.address !== owner) {
    throw new InputError(
      `Expected the key of ${owner} in ${ownerKeystore}, got that of ${known.address}.`,
      'Name another keystore, or leave --owner out.',
    )
  }
  return known.address ?? owner
}

function askOwner({ flags, desk, signer }: Setting): Promise<Address> {
  return answer(desk, {
    flag: '--owner',
    text: 'Address of the owner, who pays the stake and gets the rewards; its key stays elsewhere',
    given: ownerOf(flags),
    otherwise: undefined,
    check: (text) => {
      const owner = read(parseAddress, text)
      requireApart(owner, signer)
      return owner
    },
  })
}

function askStake({ flags, desk, minStake }: Setting): Promise<{ readonly typed: Amount; readonly base: bigint }> {
  const least = formatAmount(minStake, ETHER, 18)
  return answer(desk, {
    flag: '--stake',
    text: 'Stake, lost if the reporter signs two observations of one fixing',
    given: flags.stake?.text,
    otherwise: least,
    check: (text) => {
      const typed = read(amount, text)
      const base = baseUnits(typed, ETHER)
      if (base >= minStake) return { typed, base }
      throw new InputError(`Expected a stake of at least ${least}, got ${formatAmount(base, ETHER, 18)}.`, 'Give more.')
    },
  })
}

/** An owner who cannot pay yet is no mistake: the money may be on its way. */
async function sayPurse({ chain, config, context }: Setting, owner: Address, stake: bigint): Promise<void> {
  const token = await readToken(chain, config.oracle)
  const { eth, held } = await readPurse(chain, token.address, owner, config.registry)
  const spendable = token.isWeth ? eth + held : held
  if (spendable > stake) return
  const has = formatAmount(spendable, token)
  context.io.err(`Note: ${owner} has ${has} now; the stake is ${formatAmount(stake, token)}, and gas comes on top.`)
}

function ownersCommand({ config: { rpcUrls, oracle, registry }, places }: Setting): string {
  const network = ['--registry', registry, '--oracle', oracle, '--rpc', shareable(rpcUrls[0] ?? '')]
  return commandLine('assize', 'register', places.consent, ...network)
}
