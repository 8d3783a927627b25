import type { Play } from './play.ts'
import { BOND, DAY, sceneTime, seriesAt, type Stage, TRUTH } from './stage.ts'

const UNIT = 10n ** 18n

/** All steps of the vault, and the proposal of a fixing whose open interest it reports. */
export async function playVault(vault: Play, oracle: Play, councils: Stage['councils'], scene: number): Promise<void> {
  const maturity = sceneTime(scene)
  const series = seriesAt(maturity, vault.target.address, councils)
  const { fixing } = series
  await vault.at(maturity - DAY)
  await vault.act('alice', 'split', [series, 10n * UNIT])
  await vault.measure('split, first of a holder', 'bob', 'split', [series, 2n * UNIT])
  await vault.measure('split, again', 'bob', 'split', [series, 2n * UNIT])
  await vault.measure('merge', 'bob', 'merge', [series, UNIT])
  await vault.act('carol', 'split', [series, 2n * UNIT])

  await oracle.at(maturity)
  await oracle.measure('propose, reading an open interest', 'proposer', 'propose', [fixing, TRUTH, BOND])
  await vault.at(maturity + BigInt(2 * fixing.firstWindow))
  await vault.measure('redeem, part of one leg', 'bob', 'redeem', [series, UNIT, 0n])
  await vault.measure('redeem, all of one leg', 'bob', 'redeem', [series, 2n * UNIT, 0n])
  await vault.measure('redeem, all of both legs', 'carol', 'redeem', [series, 2n * UNIT, 2n * UNIT])
}
