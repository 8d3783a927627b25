import { peerIdFromString } from '@libp2p/peer-id'
import { bytesToHex, type Hex } from 'viem'
import { register } from '#client/registration.ts'
import { ensureCollateral } from '#client/weth.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { quorumSize } from '#protocol/report.ts'
import { formatEth } from '../format.ts'
import type { Cleanup } from './cleanup.ts'
import type { Ending, ReporterProcess } from './reporter-process.ts'
import { ownerOf } from './people.ts'
import { Reporters } from './reporters.ts'
import * as terms from './terms.ts'
import type { World } from './world.ts'

type Recruiting = Pick<
  World,
  'options' | 'tell' | 'chain' | 'conductor' | 'people' | 'deployments' | 'indexDir' | 'signal'
>

/** Writes every reporter's folder and sees to it that a death is told. Starts nothing. */
export async function prepareReporters(stage: Recruiting, folder: string, cleanup: Cleanup): Promise<Reporters> {
  const { chain, deployments, people, tell, conductor, signal } = stage
  const { perPot, perFixing, maxBond } = terms.budgetOf(stage.options.isHonest)
  const told = async (reporter: ReporterProcess, { code, signal: killer }: Ending): Promise<void> => {
    if (signal.aborted) return
    const words = code === 0 || reporter.lastWords === '' ? '' : `: ${reporter.lastWords.slice(0, 300)}`
    const how = killer === null ? `exit ${code}${words}` : killer
    tell.at(await conductor.now(), `${reporter.person.name} died (${how}); the others go on`, 'bad')
  }
  const reporters = await Reporters.prepare(
    people.reporters,
    folder,
    {
      rpcUrl: chain.rpcUrl,
      chainId: chain.chainId,
      oracle: deployments.oracle,
      registry: deployments.registry,
      indexDir: stage.indexDir,
      arbitrators: [deployments.council, deployments.backupCouncil],
      perPot,
      perFixing,
      maxBond,
    },
    (reporter, ending) => void told(reporter, ending).catch(() => undefined), // the chain may be gone by then
  )
  cleanup.defer(() => reporters.stop())
  return reporters
}

/** Every reporter that became ready is registered by its owner, who pays the stake; then they are connected. */
export async function joinNetwork(world: World): Promise<void> {
  const { reporters, wallets, deployments, people, tell, signal, bond } = world
  const { registry, weth } = deployments
  const ready = reporters.all.flatMap((reporter) =>
    reporter.ready === undefined ? [] : ([[reporter, reporter.ready]] as const),
  )
  reporters.requireQuorum()
  const { minStake } = terms.REGISTRY
  await Promise.all(
    ready.map(async ([{ person }]) =>
      ensureCollateral(await wallets.of(ownerOf(people, person)), weth, registry, minStake),
    ),
  )
  for (const [{ person }, { peerId, pid }] of ready) {
    const recruit = {
      signer: person.account,
      blsSecret: blsSecretOf(person.privateKey),
      peerId: peerIdBytes(peerId),
      stake: minStake,
    }
    const index = await register(await wallets.of(ownerOf(people, person)), registry, recruit, { signal })
    tell.say(
      `${person.name.padEnd(12)} pid ${String(pid).padEnd(8)} index ${index}  signer ${person.account.address}  peer ${peerId}`,
    )
  }
  await reporters.introduce(reporters.living, signal)
  const { perPot, perFixing } = terms.budgetOf(world.options.isHonest)
  tell.say(
    `each may stake ${formatEth(perPot)} ETH on a pot and ${formatEth(perFixing)} ETH on a fixing (a first dispute costs ${formatEth(2n * bond)} ETH)`,
  )
  tell.say(`a report needs ${quorumSize(ready.length)} of ${ready.length}; kill -9 any two of them whenever you like`)
}

function peerIdBytes(peerId: string): Hex {
  return bytesToHex(peerIdFromString(peerId).toMultihash().bytes)
}
