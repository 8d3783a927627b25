import { readFile } from 'node:fs/promises'
import { type Address, getAddress, type Hash, isAddress, isAddressEqual, isHash } from 'viem'
import { z } from 'zod'
import type { Chain } from '#client/chain.ts'
import { hasCode, readCodeHash } from '#client/code-at.ts'
import { readBuiltCodeHash } from '#client/deploy.ts'
import { type DeployOptions, planDeployment } from '#client/deployment-plan.ts'
import type { DeploymentStep } from '#client/deployment-step.ts'
import { isOfAnotherContract } from '#client/errors.ts'
import { readStartTime } from '#client/registry-terms.ts'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'
import { InputError } from '../errors.ts'
import { memberName } from './member-name.ts'

/** A step, and the hash of the code that is at its address: undefined if there is none. */
export type Placed = DeploymentStep & { readonly codeHash: Hash | undefined }

/** A step, and whether what a record says of it is so. */
export type Finding = { readonly name: string; readonly address: Address; readonly state: FindingState }

/**
 * What a record can be wrong about. `other code`: than was there when it was recorded, or than this build makes. `not recorded`: the record
 * says that nothing was there, and something is, of which it is not known that this build makes it; if it does, it was only
 * `deployed since`. `other address`: it does not follow from the terms that the record states.
 */
export type FindingState = 'is there' | 'deployed since' | 'missing' | 'not recorded' | 'other code' | 'other address'

/** Looks what is at every step's address. Throws DeadRpcError. */
export async function placeAll(chain: Chain, steps: readonly DeploymentStep[]): Promise<Placed[]> {
  return Promise.all(steps.map(async (step) => ({ ...step, codeHash: await readCodeHash(chain, step.address) })))
}

/** What is where and under which terms, for scripts and for `deployments/<chain id>.json`. */
export function deploymentDocument(chainId: number, terms: DeployOptions, placed: readonly Placed[]): object {
  const { deployments } = planDeployment(terms)
  return {
    version: 1,
    chainId,
    complete: placed.every(({ codeHash }) => codeHash !== undefined),
    deployments,
    contracts: placed.map(({ name, contract, address, constructorArguments, codeHash }) => {
      return {
        name,
        address,
        deployed: codeHash !== undefined,
        contract,
        constructorArguments,
        codeHash: codeHash ?? null,
      }
    }),
    terms: {
      ...terms,
      council: plainCouncil(terms.council),
      backupCouncil: plainCouncil(terms.backupCouncil),
      registry: { ...terms.registry, minStake: terms.registry.minStake.toString() },
    },
  }
}

/** Reads a record. Throws InputError, which names the field. */
export async function readDeploymentRecord(path: string): Promise<DeploymentRecord> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    const got = cause instanceof SyntaxError ? 'a file that is no JSON' : 'no readable file'
    throw new InputError(`Expected the record of a deployment at ${path}, got ${got}.`, HINT, { cause })
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return parsed.data
  const fault = faultText(schemaFault(parsed.error, content))
  throw new InputError(`Expected the record of a deployment in ${path}, got ${fault}.`, HINT)
}

/**
 * Holds a record against the chain. Every address must follow from its terms, by CREATE2 and this build's bytecode, and have
 * the code that it had when it was recorded, which must be what this build's constructor leaves there, where the endpoint can run
 * that. Throws InputError for contracts that are no deployment of ours, DeadRpcError.
 */
export async function checkRecord(chain: Chain, record: DeploymentRecord): Promise<Finding[]> {
  const { weth, ...others } = record.terms
  const { steps, deployments } = planDeployment(weth === undefined ? others : { ...others, weth })
  const names = record.contracts.map(({ name }) => name).join(', ')
  if (names !== steps.map(({ name }) => name).join(', ')) {
    throw new InputError(`Expected ${steps.map(({ name }) => name).join(', ')} in the record, got ${names}.`, HINT)
  }
  const found: Finding[] = []
  for (const [place, step] of steps.entries()) {
    const { name, address, constructorArguments, contract } = step
    const said = record.contracts[place]
    if (said === undefined) continue
    const isSame =
      isAddressEqual(said.address, address) &&
      said.contract === contract &&
      said.constructorArguments.toLowerCase() === constructorArguments
    const state = isSame ? await readState(chain, step, said.codeHash) : 'other address'
    found.push({ name, address: said.address, state })
  }
  for (const [name, address] of Object.entries(record.deployments)) {
    const planned = Object.entries(deployments).find(([key]) => key === name)?.[1]
    if (planned === undefined || !isAddressEqual(planned, address)) {
      found.push({ name: `deployments.${name}`, address, state: 'other address' })
    }
  }
  if (weth !== undefined && !(await hasCode(chain, weth))) found.push({ name: 'WETH', address: weth, state: 'missing' })
  return found
}

async function readState(chain: Chain, step: DeploymentStep, recorded: Hash | null): Promise<FindingState> {
  const found = await readCodeHash(chain, step.address)
  if (found === undefined) return 'missing'
  if (recorded !== null && recorded !== found) return 'other code'
  const built = await readBuilt(chain, step)
  if (recorded === null) return built === found ? 'deployed since' : 'not recorded'
  return built === 'unknown' || built === found ? 'is there' : 'other code'
}

/** What this build leaves there; `none` where what is there is another contract, `unknown` where the endpoint does not simulate. */
async function readBuilt(chain: Chain, step: DeploymentStep): Promise<Hash | 'none' | 'unknown'> {
  try {
    return (await readBuiltCodeHash(chain, step, await readKeptTime(chain, step))) ?? 'unknown'
  } catch (error) {
    if (isOfAnotherContract(error)) return 'none'
    throw error
  }
}

/** The time that its constructor kept in its code, Unix seconds; undefined if it keeps none. */
async function readKeptTime(chain: Chain, { contract: name, address }: DeploymentStep): Promise<bigint | undefined> {
  return name === 'ReporterRegistry' ? readStartTime(chain, address) : undefined
}

function plainCouncil({ signers, threshold, costOfCorruption }: DeployOptions['council']): object {
  return { signers, threshold, costOfCorruption: costOfCorruption.toString() }
}

const HINT = 'assize deploy --record writes one; docs/deployment.md says what it holds.'

const anAddress = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), 'Expected an address.')
  .transform((text) => getAddress(text))
const aHash = z.string().refine(isHash, 'Expected 32 bytes of hex.')
const bytes = z.string().regex(/^0x([0-9a-fA-F]{2})*$/, 'Expected bytes of hex.')
const wei = z
  .string()
  .regex(/^\d{1,78}$/, 'Expected wei as a decimal string.')
  .transform((text) => BigInt(text))
const seconds = z.int().nonnegative()
const council = z.strictObject({
  signers: z.array(z.strictObject({ name: memberName, account: anAddress })).min(1),
  threshold: z.int().positive(),
  costOfCorruption: wei,
})
const contract = z
  .strictObject({
    name: z.string(),
    address: anAddress,
    deployed: z.boolean(),
    contract: z.string(),
    constructorArguments: bytes,
    codeHash: aHash.nullable(),
  })
  .refine(({ deployed, codeHash }) => deployed === (codeHash !== null), {
    path: ['deployed'],
    message: 'Expected true beside a codeHash, and false beside null.',
  })
const fields = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  complete: z.boolean(),
  deployments: z.record(z.string(), anAddress),
  contracts: z.array(contract),
  terms: z.strictObject({
    weth: anAddress.optional(),
    council,
    backupCouncil: council,
    registry: z.strictObject({
      minStake: wei,
      epochDuration: seconds,
      unbondingDelay: seconds,
      minBandPpm: z.int().positive(),
    }),
  }),
})
const schema = fields.refine(({ complete, contracts }) => complete === contracts.every(({ deployed }) => deployed), {
  path: ['complete'],
  message: 'Expected true if every contract is deployed, else false.',
})

/** What `deployments/<chain id>.json` says. */
export type DeploymentRecord = z.infer<typeof schema>
