import { claimTolerancePpm } from '#client/uma.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { isNoiseSmall } from '#protocol/policy.ts'
import type { Context } from '../context.ts'
import { formatPercent } from '../format.ts'
import { documentIn } from '../index/index-folder.ts'

/** The noise of a fixing's index beside its separation, both ppm. */
export type Noise = {
  readonly separationPpm: number
  readonly noisePpm: number
  /** Jurors vote INVALID, since honest readings may lose their stakes. */
  readonly isTooMuch: boolean
}

/** What the index's document says of its noise; undefined if it is not in the folder of ASSIZE_INDEX_DIR. */
export async function noiseOf(
  { indexId, separationPpm }: Pick<Fixing, 'indexId' | 'separationPpm'>,
  { env }: Pick<Context, 'env'>,
): Promise<Noise | undefined> {
  const folder = env['ASSIZE_INDEX_DIR'] ?? ''
  const document = folder === '' ? undefined : await documentIn(folder, indexId)
  if (document === undefined) return undefined
  const { noisePpm } = document
  return { separationPpm, noisePpm, isTooMuch: !isNoiseSmall(separationPpm, noisePpm) }
}

/** The line that says that there is too much of it; none if there is not, or if it is not known. */
export function noiseLines(noise: Noise | undefined): string[] {
  if (noise?.isTooMuch !== true) return []
  const [separation, ofIndex] = [noise.separationPpm, noise.noisePpm].map((ppm) => formatPercent(BigInt(ppm)))
  return [
    `noise     the separation, ${separation}, is not above four times the index's noise, ${ofIndex}: jurors vote INVALID, since honest readings may lose their stakes`,
  ]
}

/** The line that says that a claim at UMA may be found false though its value was read honestly; none if not, or if it is not known. */
export function claimNoiseLines(noise: Noise | undefined): string[] {
  if (noise === undefined) return []
  const tolerancePpm = claimTolerancePpm(noise)
  if (noise.noisePpm <= tolerancePpm) return []
  const [tolerance, ofIndex] = [tolerancePpm, noise.noisePpm].map((ppm) => formatPercent(BigInt(ppm)))
  return [
    `noise     honest readings may be ${ofIndex} apart, and the claim is true up to ${tolerance} only: what you have read yourself may be found false`,
  ]
}
