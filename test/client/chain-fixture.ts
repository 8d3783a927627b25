import { type Hex, keccak256, type LocalAccount, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { connect, type WritableChain } from '#client/chain.ts'
import { deploy } from '#client/deploy-oracle.ts'
import type { CouncilTerms, DeployOptions, Deployments } from '#client/deployment-plan.ts'
import { type EmbeddedChain, startEmbeddedChain } from '#client/embedded-chain.ts'
import type { Recruit } from '#client/registration.ts'
import { ensureCollateral } from '#client/weth.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { DEFAULT_PARAMETERS, type Fixing } from '#protocol/fixing.ts'

/** 1 January 2025, 00:00 UTC. */
export const START = 1_735_689_600n
export const MATURITY = START + 3_600n
export const ETHER = 10n ** 18n

/** A real chain with everything deployed on it. */
export type Stage = {
  readonly embedded: EmbeddedChain
  readonly deployments: Deployments
  readonly fixing: Fixing
  /** A connection as `name`, who has 90 ETH and 60 WETH, approved to oracle, vault and registry. */
  as(name: string): Promise<WritableChain>
}

export function accountOf(name: string): LocalAccount {
  return privateKeyToAccount(keyOf(name))
}

function keyOf(name: string): Hex {
  return keccak256(stringToHex(`test ${name}`))
}

/** `name` as a reporter to be registered by another account: both its keys. */
export function recruitOf(name: string, terms: Pick<Recruit, 'peerId' | 'stake'>): Recruit {
  return { ...terms, signer: accountOf(name), blsSecret: blsSecretOf(keyOf(name)) }
}

export const DEPLOY_OPTIONS: DeployOptions = {
  council: councilOf(['Ada', 'Bede', 'Clio']),
  backupCouncil: councilOf(['Dora', 'Emil', 'Faye']),
  registry: { minStake: ETHER, epochDuration: 86_400, unbondingDelay: 337 * 86_400, minBandPpm: 10_000 },
}

/** Starts anvil, deploys, and describes a fixing with the default parameters. */
export async function raiseStage(): Promise<Stage> {
  const embedded = await startEmbeddedChain({ startTime: START })
  const people = new Map<string, Promise<WritableChain>>()
  const deployer = await join(embedded, 'deployer')
  const deployments = await deploy(deployer, DEPLOY_OPTIONS)
  const { weth, oracle, vault, registry } = deployments
  const open = async (name: string): Promise<WritableChain> => {
    const chain = await join(embedded, name)
    for (const spender of [oracle, vault, registry]) await ensureCollateral(chain, weth, spender, 60n * ETHER)
    return chain
  }
  return {
    embedded,
    deployments,
    fixing: {
      ...DEFAULT_PARAMETERS,
      indexId: `0x${'11'.repeat(32)}`,
      maturity: MATURITY,
      arbitrator: deployments.council,
      backup: deployments.backupCouncil,
      openInterest: vault,
    },
    as: (name) => {
      const known = people.get(name) ?? open(name)
      people.set(name, known)
      return known
    },
  }
}

async function join(embedded: EmbeddedChain, name: string): Promise<WritableChain> {
  const account = accountOf(name)
  await embedded.setBalance(account.address, 150n * ETHER)
  return connect({ rpcUrl: embedded.rpcUrl, account, pollingMs: 20 })
}

function councilOf(names: readonly string[]): CouncilTerms {
  return {
    signers: names.map((name) => ({ name, account: accountOf(name).address })),
    threshold: 2,
    costOfCorruption: 1_000n * ETHER,
  }
}
