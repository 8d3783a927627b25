import { readFile } from 'node:fs/promises'
import { parse, TomlError } from 'smol-toml'
import type { Address } from 'viem'
import { z } from 'zod'
import type { DeployOptions } from '#client/deployment-plan.ts'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'
import { address, amount, baseUnits, duration } from '../arguments.ts'
import { InputError } from '../errors.ts'
import { ETHER } from '../format.ts'
import { memberName } from './member-name.ts'

const ppm = z.int().min(1).max(1_000_000)
const wei = z.string().transform((text, context) => reading(text, context, () => baseUnits(amount(text), ETHER)))
const seconds = z.string().transform((text, context) => reading(text, context, () => duration(text)))
const account = z.string().transform((text, context) => reading(text, context, () => address(text)))

const council = z.strictObject({
  threshold: z.int().min(2).max(255),
  cost_of_corruption: wei,
  members: z.array(z.strictObject({ name: memberName, account })).min(3),
})

const schema = z.strictObject({
  weth: account.optional(),
  council,
  backup_council: council,
  registry: z.strictObject({ min_stake: wei, epoch: seconds, unbonding_delay: seconds, min_band_ppm: ppm }),
})

/** What `assize deploy --example` prints. */
export const EXAMPLE_TERMS = `# What is deployed is a function of this file alone: the same terms give the same addresses on every chain with the same WETH.

# The chain's WETH: bonds, stakes and fees are paid in it. Only an embedded chain may leave it out.
weth = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"

# k of n named signers rule, n/2 < k < n. What it costs to corrupt them is what you say and others believe.
[council]
threshold = 3
cost_of_corruption = "100 eth"
members = [
  { name = "Ada", account = "0x1111111111111111111111111111111111111111" },
  { name = "Bede", account = "0x2222222222222222222222222222222222222222" },
  { name = "Clio", account = "0x3333333333333333333333333333333333333333" },
  { name = "Dora", account = "0x4444444444444444444444444444444444444444" },
]

# Rules when the council keeps silent. Other people, or it is no backup.
[backup_council]
threshold = 2
cost_of_corruption = "100 eth"
members = [
  { name = "Emil", account = "0x5555555555555555555555555555555555555555" },
  { name = "Faye", account = "0x6666666666666666666666666666666666666666" },
  { name = "Gwen", account = "0x7777777777777777777777777777777777777777" },
]

# docs/parameters.md says what each is for.
[registry]
min_stake = "1 eth"
epoch = "1d"
unbonding_delay = "337d"
min_band_ppm = 10000
`

/** Reads the terms of a deployment. Throws InputError, which names the field. */
export async function readDeploymentTerms(path: string): Promise<DeployOptions> {
  const terms = await readToml(path)
  const parsed = schema.safeParse(terms)
  if (!parsed.success) {
    const fault = faultText(schemaFault(parsed.error, terms))
    throw new InputError(`Expected the terms of a deployment in ${path}, got ${fault}.`, HINT)
  }
  const { weth, council: first, backup_council: second, registry } = parsed.data
  requireApart(first, second)
  return {
    ...(weth === undefined ? {} : { weth }),
    council: councilOf('council', first),
    backupCouncil: councilOf('backup_council', second),
    registry: {
      minStake: registry.min_stake,
      epochDuration: registry.epoch,
      unbondingDelay: registry.unbonding_delay,
      minBandPpm: registry.min_band_ppm,
    },
  }
}

const HINT = 'See assize deploy --example.'

type CouncilTable = z.infer<typeof council>

/** Throws InputError for a council that the contract would refuse. */
function councilOf(where: string, { threshold, cost_of_corruption, members }: CouncilTable): DeployOptions['council'] {
  const count = members.length
  if (2 * threshold <= count || threshold >= count) {
    throw new InputError(
      `Expected ${where}.threshold to be a majority of ${count} members and not all of them, got ${threshold}.`,
      'A majority, so that two rulings cannot both have it; not all, so that one who is away stops nothing.',
    )
  }
  requireDifferent(
    where,
    members.map((member) => member.account),
  )
  return { threshold, costOfCorruption: cost_of_corruption, signers: members }
}

/** Throws InputError for a backup that has the council's people: it would fail for the same reason. */
function requireApart(first: CouncilTable, second: CouncilTable): void {
  const both = second.members.find((member) => first.members.some((other) => other.account === member.account))
  if (both === undefined) return
  throw new InputError(
    `Expected backup_council.members to be others than council's, got ${both.account}.`,
    'Name another.',
  )
}

function requireDifferent(where: string, accounts: readonly Address[]): void {
  const twice = accounts.find((one, place) => accounts.indexOf(one) !== place)
  if (twice === undefined) return
  throw new InputError(`Expected ${where}.members to be different accounts, got ${twice} twice.`, 'Name another.')
}

async function readToml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const got = cause instanceof TomlError ? `no TOML in line ${cause.line}` : 'no readable file'
    throw new InputError(`Expected the terms of a deployment at ${path}, got ${got}.`, HINT, { cause })
  }
}

/** What a reader of arguments says of `text`, as an issue of the field. */
function reading<T>(text: string, context: z.RefinementCtx, read: () => T): T {
  try {
    return read()
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : `got "${text}"`)
    return z.NEVER
  }
}
