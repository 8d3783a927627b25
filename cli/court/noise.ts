import type { Fixing } from '#protocol/fixing.ts'
import { isNoiseSmall } from '#protocol/policy.ts'
import type { Context } from '../context.ts'
import { formatPercent } from '../format.ts'
import { documentIn } from '../index/index-folder.ts'

/**
 * The line that says that jurors vote INVALID since the index has too much noise for the fixing's separation; none if it has not,
 * or if its document is not in the folder of ASSIZE_INDEX_DIR.
 */
export async function noiseLines(
  { indexId, separationPpm }: Pick<Fixing, 'indexId' | 'separationPpm'>,
  { env }: Pick<Context, 'env'>,
): Promise<string[]> {
  const folder = env['ASSIZE_INDEX_DIR'] ?? ''
  const document = folder === '' ? undefined : await documentIn(folder, indexId)
  if (document === undefined || isNoiseSmall(separationPpm, document.noisePpm)) return []
  const [separation, noise] = [separationPpm, document.noisePpm].map((ppm) => formatPercent(BigInt(ppm)))
  return [
    `noise     the separation, ${separation}, is not above four times the index's noise, ${noise}: jurors vote INVALID, since honest readings may lose their stakes`,
  ]
}
