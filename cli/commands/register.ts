import type { Command } from 'commander'
import { type Address, isAddressEqual } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { readMemberships } from '#client/membership.ts'
import { registerCall, registeredIn } from '#client/registration.ts'
import { readUnbondingDelay } from '#client/registry-terms.ts'
import { type Action, type Performed, perform } from '../chain/action.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import { type ConsentFile, readConsent } from '../reporter/consent-file.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatMoment, formatTime, type Token } from '../format.ts'
import { addRegistrySigningOptions, type RegistrySigningFlags } from '../options.ts'
import { type Deed, reportPerformed } from '../chain/report.ts'
import { openRegistry, type Registry } from '../reporter/registry-place.ts'
import { openSigner } from '../chain/signer.ts'

const EXAMPLES = `
The consent comes from the machine of the node (assize keys bind) and names you as the owner: rewards and the stake are paid to you alone. Keep the
owner's key elsewhere. Whoever has the node's key can sign two values, which has the stake slashed.

Examples:
  assize register consent.json --registry 0x56…
  assize register consent.json --dry-run --account 0x34…`

/** Adds `assize register`: makes a reporter of keys that have agreed to it. */
export function defineRegister(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program.command('register').argument('<consent>', 'the file of "assize keys bind"')
  addRegistrySigningOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: RegistrySigningFlags) => done(await register(file, flags, context)))
}

async function register(file: string, flags: RegistrySigningFlags, context: Context): Promise<ExitCode> {
  const { performed, deed, connection, lines } = await enlist(file, flags, context)
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
}

/** What came of a registration, and what to say of it. */
type Enlisted = {
  readonly performed: Performed
  readonly deed: Deed
  readonly connection: Connection
  readonly lines: readonly string[]
}

/**
 * Registers what a consent names, after saying what it takes and asking. Throws InputError, RefusedError, DeclinedError and
 * the errors of the layers below; then nothing was registered.
 */
export async function enlist(file: string, flags: RegistrySigningFlags, context: Context): Promise<Enlisted> {
  const consent = await readConsent(file)
  const connection = await openOracle(flags, context)
  const { chain, token, paste } = connection
  if (consent.chainId !== chain.chainId) {
    throw new InputError(
      `Expected a consent for chain ${chain.chainId}, got one for chain ${consent.chainId}.`,
      'Name an endpoint of that chain with --rpc, or make another with assize keys bind.',
    )
  }
  // The stake goes where the owner says, not where a file from an exposed machine does.
  const registry = await openRegistry(chain, flags.registry, context)
  if (!isAddressEqual(registry.address, consent.registry)) {
    throw new InputError(
      `Expected a consent for the registry ${registry.address}, got one for ${consent.registry}.`,
      'Correct the registry in the configuration of the node, and make another: assize keys bind.',
    )
  }
  requireFresh(registry.time, context.now(), flags.maxAge)
  const signer = await openSigner(flags, context)
  requireUsable(consent, signer.address, registry, token)
  const { stake, signer: reporter } = consent.agreed.registration
  const terms = { stake: formatAmount(stake, token), delay: await readUnbondingDelay(chain, registry.address) }
  const performed = await perform(actionOf(consent, terms), { connection, signer, flags, context })
  const receipt = performed.sent.at(-1)
  const index = receipt === undefined ? undefined : registeredIn(receipt)
  const lines = index === undefined ? [] : await afterwards(index)
  const deed = { action: 'register', amount: stake, reporter: { index, signer: reporter } }
  return { performed, deed, connection, lines }

  async function afterwards(place: number): Promise<string[]> {
    const { time } = await latestBlock(chain)
    const member = (await readMemberships(chain, registry.address, time)).find((one) => one.index === place)
    const isLater = member !== undefined && member.activeTime > time
    const begins = isLater
      ? `from ${formatMoment(member.activeTime, time)}. Start its node before that`
      : 'already. Start its node now'
    return [
      `Reporter ${place} reports ${begins}: assize node --config node.toml`,
      `Look: ${paste('reporters', '--owner', signer.address)}`,
      `To leave: ${paste('unregister', String(place))}`,
    ]
  }
}

function requireUsable({ agreed }: ConsentFile, owner: Address, { time, terms }: Registry, token: Token): void {
  const { registration } = agreed
  const { minStake } = terms
  if (registration.owner !== owner) {
    throw new InputError(
      `Expected the key of the owner ${registration.owner}, got that of ${owner}.`,
      'Name its keystore with --keystore, or make another consent: assize keys bind --owner.',
    )
  }
  if (registration.deadline < time) {
    throw new RefusedError(
      `Expected a consent that holds, got one that ended ${formatTime(registration.deadline)}.`,
      'Make another: assize keys bind.',
    )
  }
  if (registration.stake >= minStake) return
  throw new InputError(
    `Expected a stake of at least ${formatAmount(minStake, token, 18)}, got ${formatAmount(registration.stake, token, 18)}.`,
    'Make another consent: assize keys bind --stake.',
  )
}

function actionOf(
  { registry, agreed }: ConsentFile,
  { stake, delay }: { readonly stake: string; readonly delay: bigint },
): Action {
  const { signer, peerId, deadline } = agreed.registration
  return {
    steps: [{ label: `register ${signer}`, call: registerCall(registry, agreed) }],
    amount: agreed.registration.stake,
    taker: { name: 'the registry', address: registry },
    lines: [
      `reporter  ${signer}, peer ${peerId}`,
      `registry  ${registry}`,
      `stake     ${stake}; lost if the reporter signs two observations of one fixing, or co-signs what the registry's own court finds false`,
      `locked    while it reports, and ${formatDuration(delay)} after it has left`,
      `consent   holds until ${formatTime(deadline)}`,
    ],
    question: `Register it with ${stake}?`,
  }
}
