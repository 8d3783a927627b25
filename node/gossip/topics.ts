import type { Address } from 'viem'

/** What travels on each of a deployment's four topics. */
export type Topics = {
  readonly observation: string
  readonly report: string
  readonly evidence: string
  readonly presence: string
}

/** The permanent topics of one deployment, never one per series: `/assize/1/<chainId>-<first 8 digits of oracle>/…`. */
export function topicsOf(deployment: { readonly chainId: number; readonly oracle: Address }): Topics {
  const base = `/assize/1/${deployment.chainId}-${deployment.oracle.slice(2, 10).toLowerCase()}`
  return {
    observation: `${base}/observation`,
    report: `${base}/report`,
    evidence: `${base}/evidence`,
    presence: `${base}/presence`,
  }
}
