import type { Hex } from 'viem'
import type { ChainPort, Head, Panel } from '../chain/port.ts'

/** Who reports for a maturity, and whether no other chain can have others. */
export type PanelAt = { readonly panel: Panel; readonly isFinal: boolean }

/** Who reports for fixings of `maturity`, read no earlier than the newest block was `head`. Throws as the chain does. */
export type Panels = (maturity: bigint, head: Head) => Promise<PanelAt>

/** Thousands of fixings may mature together, and ask again at every block until a final one is past the maturity: it is read once. */
export function sharePanels(chain: Pick<ChainPort, 'finalized' | 'panel'>): Panels {
  let hash: Hex | undefined
  let reads = new Map<bigint, Promise<PanelAt>>()
  return (maturity, head) => {
    // Without its hash a block may be another of the same number.
    if (head.hash === undefined || head.hash !== hash) reads = new Map()
    hash = head.hash
    const known = reads.get(maturity)
    if (known !== undefined) return known
    const own = reads
    const read = readPanel(chain, maturity)
    own.set(maturity, read)
    read.catch(() => own.delete(maturity))
    return read
  }
}

async function readPanel(chain: Pick<ChainPort, 'finalized' | 'panel'>, maturity: bigint): Promise<PanelAt> {
  // First what is final: the reporters at the maturity are those of any later block.
  const final = await chain.finalized()
  const isFinal = final !== undefined && final.time >= maturity
  return { panel: await chain.panel(maturity), isFinal }
}
