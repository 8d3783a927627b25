import type { Hex } from 'viem'
import { readBond } from '#client/oracle-reader.ts'
import { create, fund } from '#client/oracle-writer.ts'
import { fundReporters } from '#client/rewards.ts'
import { createSeries, legId, merge, type Series, seriesId, split, transferLeg } from '#client/vault.ts'
import { ensureCollateral, transferWeth } from '#client/weth.ts'
import { DEFAULT_PARAMETERS, type Fixing, fixingId, VALUE_SCALE } from '#protocol/fixing.ts'
import { formatEth, formatIndexValue, formatTime, shorten } from '../format.ts'
import { readIndex } from './index-reading.ts'
import type { Person } from './people.ts'
import * as terms from './terms.ts'
import type { World } from './world.ts'

/** What is there before there is a fixing. */
export type BeforeSeries = Pick<
  World,
  'options' | 'tell' | 'signal' | 'chain' | 'wallets' | 'conductor' | 'people' | 'deployments' | 'document' | 'indexId'
>

/** What there is afterwards. */
export type Opened = Pick<World, 'fixing' | 'fixingId' | 'series' | 'seriesId' | 'bond'>

/** Creates the fixing and an option series on it; users split, merge, sell, and fund the reward for a right proposal. */
export async function openSeries(stage: BeforeSeries): Promise<Opened> {
  const { wallets, people, deployments, chain, tell, conductor } = stage
  const { oracle, vault } = deployments
  const fixing: Fixing = {
    ...DEFAULT_PARAMETERS,
    indexId: stage.indexId,
    maturity: stage.options.maturity,
    arbitrator: deployments.council,
    backup: deployments.backupCouncil,
    openInterest: vault,
  }
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const series: Series = { fixing, strike: await chooseStrike(stage), invalidSharePpm: terms.INVALID_SHARE_PPM }
  const bob = await wallets.of(people.bob)
  await create(bob, oracle, fixing)
  await createSeries(bob, vault, series)
  const seriesHash = seriesId(series, { chainId: chain.chainId, vault })
  await trade(stage, series, seriesHash)
  const attestersReward = await putUpRewards(stage, fixing)
  const bond = await readBond(chain, oracle, fixing)

  tell.part('Fixing and series')
  const now = await conductor.now()
  tell.at(now, `fixing ${shorten(id)} on ${stage.document.name}, maturity ${formatTime(fixing.maturity)}`)
  tell.at(
    now,
    `series ${shorten(seriesHash)} with strike ${formatIndexValue(series.strike)}: P pays min(1, S/x), N the rest`,
  )
  tell.at(now, `4 000 ETH are split into P and N, so a proposal's bond is ${formatEth(bond)} ETH`)
  tell.at(
    now,
    `bob puts up ${formatEth(terms.REWARD)} ETH for a right proposal and ${formatEth(attestersReward)} ETH for reporters who attest it`,
  )
  tell.at(
    now,
    `mallory sold her ${formatEth(terms.SPLITS.attacker)} P and keeps as much N, which gains by a value too high`,
  )
  return { fixing, fixingId: id, series, seriesId: seriesHash, bond }
}

/** Bob's rewards: for a prompt, right proposal, and for whoever attests it. Returns the latter, wei. */
async function putUpRewards({ wallets, people, deployments, options }: BeforeSeries, fixing: Fixing): Promise<bigint> {
  const { oracle, registry, weth } = deployments
  const bob = await wallets.of(people.bob)
  await ensureCollateral(bob, weth, oracle, terms.REWARD)
  await fund(bob, oracle, fixing, terms.REWARD)
  const attestersReward = terms.ATTESTER_REWARD * BigInt(options.reporters)
  await ensureCollateral(bob, weth, registry, attestersReward)
  await fundReporters(bob, registry, fixing, attestersReward)
  return attestersReward
}

async function trade(stage: BeforeSeries, series: Series, id: Hex): Promise<void> {
  const { wallets, people, deployments } = stage
  const { vault, weth } = deployments
  const splitBy = async (person: Person, amount: bigint): Promise<void> => {
    const wallet = await wallets.of(person)
    await ensureCollateral(wallet, weth, vault, amount)
    await split(wallet, vault, series, amount)
  }
  await Promise.all([
    splitBy(people.alice, terms.SPLITS.alice),
    splitBy(people.bob, terms.SPLITS.bob),
    splitBy(people.attacker, terms.SPLITS.attacker),
  ])
  await merge(await wallets.of(people.alice), vault, series, terms.MERGED)
  const carol = await wallets.of(people.carol)
  await ensureCollateral(carol, weth, vault, terms.SALE)
  await transferWeth(carol, weth, people.attacker.account.address, terms.SALE)
  const attacker = await wallets.of(people.attacker)
  await transferLeg(attacker, vault, legId(id, 'P'), people.carol.account.address, terms.SPLITS.attacker)
}

/** A share of the index as it stands now, cut to three digits; a plain number where nothing can be read yet. */
async function chooseStrike({ document, conductor, signal }: BeforeSeries): Promise<bigint> {
  const now = await conductor.now()
  const reading = await readIndex(document, now, now, signal)
  if (reading.kind === 'abstain') return terms.FALLBACK_STRIKE
  const wanted = (reading.value * terms.STRIKE_PERCENT) / 100n
  const unit = 10n ** BigInt(Math.max(0, wanted.toString().length - 3))
  const cut = wanted - (wanted % unit)
  return cut === 0n ? VALUE_SCALE : cut
}
