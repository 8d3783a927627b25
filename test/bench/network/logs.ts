/** So many blocks apart the made-up log announces a fixing of an index that the node holds. */
export const BLOCKS_PER_FIXING = 100n
