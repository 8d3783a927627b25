import type { DisablingEdit } from './disabling-edit.ts'

const ORACLE = 'contracts/src/MaturityOracle.sol'
const FIXING = 'contracts/src/libraries/FixingLib.sol'

/** The head of every entry point but `create` and `fund`, which `oracle-edits.ts` and the next line turn off. */
const GUARDED: readonly (readonly [name: string, find: string])[] = [
  ['create', 'function create(Fixing calldata fixing) external nonReentrant'],
  [
    'propose',
    'function propose(Fixing calldata fixing, uint128 value, uint256 maxBond)\n        external\n        nonReentrant',
  ],
  [
    'contribute',
    'function contribute(Fixing calldata fixing, uint8 round, uint128 value, uint256 amount)\n        external\n        nonReentrant',
  ],
  [
    'appeal',
    'function appeal(Fixing calldata fixing, uint8 round, uint128 value, uint256 amount)\n        external\n        nonReentrant',
  ],
  ['request', 'function request(Fixing calldata fixing) external nonReentrant'],
  ['rule', 'function rule(Fixing calldata fixing, uint128 value) external nonReentrant'],
  [
    'claim',
    'function claim(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)\n        external\n        nonReentrant',
  ],
  ['collect', 'function collect(Fixing calldata fixing) external nonReentrant'],
]

/** A bound of R-101 as `FixingLib._isValid` has it, or a constant that both of its places share, and one without it. */
const BOUNDS: readonly (readonly [rule: string, find: string, replace: string])[] = [
  ['an index has an id', 'words[0] != 0', 'words[0] != 1'],
  ['a maturity is below 2^39', 'MAX_MATURITY = (1 << 39) - 1', 'MAX_MATURITY = (1 << 40) - 1'],
  ['there is an arbitrator', '(words[2] - 1) |', 'words[2] |'],
  ['there is a backup', '(words[3] - 1) |', 'words[3] |'],
  ['the backup is another than the arbitrator', 'words[2] != words[3]', 'words[2] + words[3] != 0'],
  ['an address has no dirty bits', 'outside |= words[4] | (type(uint160).max - words[4]);', ''],
  ['a bond is at least 1e9', 'MIN_BOND = 1e9', 'MIN_BOND = 1'],
  ['a bond is at most 2^80', 'MAX_BOND = 1 << 80', 'MAX_BOND = 1 << 90'],
  ['the fee is not zero', '(words[6] - 1) |', 'words[6] |'],
  ['a bond is at most a tenth of the open interest', 'MAX_BOND_PPM = 100_000', 'MAX_BOND_PPM = 1_000_000'],
  ['the first window has ten minutes', '(words[8] - MIN_WINDOW) |', 'words[8] |'],
  ['the first window has thirty days', '(MAX_WINDOW - words[8])', '(MAX_WINDOW * 2 - words[8])'],
  ['a window has ten minutes', '(words[9] - MIN_WINDOW) |', 'words[9] |'],
  ['a window has thirty days', '(MAX_WINDOW - words[9])', '(MAX_WINDOW * 2 - words[9])'],
  ['candidates are apart', '(words[10] - 1) |', 'words[10] |'],
  ['the separation is within the band', '(bandPpm - words[10])', '(2 * bandPpm - words[10])'],
  ['the band is at most a fifth', 'MAX_BAND_PPM = 200_000', 'MAX_BAND_PPM = 2_000_000'],
  ['the grace has ten minutes', '(words[12] - MIN_WINDOW) |', 'words[12] |'],
  ['the grace has thirty days', '(MAX_WINDOW - words[12])', '(MAX_WINDOW * 2 - words[12])'],
  ['an arbitrator has a day', 'MIN_ARBITRATION_LIMIT = 1 days', 'MIN_ARBITRATION_LIMIT = 1'],
  ['an arbitrator has sixty days', 'MAX_ARBITRATION_LIMIT = 60 days', 'MAX_ARBITRATION_LIMIT = 90 days'],
  [
    'fields are checked in their order',
    `_require("firstWindow", fixing.firstWindow, MIN_WINDOW, MAX_WINDOW);
        _require("window", fixing.window, MIN_WINDOW, MAX_WINDOW);`,
    `_require("window", fixing.window, MIN_WINDOW, MAX_WINDOW);
        _require("firstWindow", fixing.firstWindow, MIN_WINDOW, MAX_WINDOW);`,
  ],
]

/** The terms of a fixing and what guards every entry point: each rule turned off, one at a time. */
export const TERMS_EDITS: readonly DisablingEdit[] = [
  ...GUARDED.map(([name, find]) => ({
    id: 'R-100',
    rule: `${name} is non-reentrant`,
    file: ORACLE,
    find,
    replace: find.replace(/\s+nonReentrant$/, ''),
  })),
  ...BOUNDS.map(([rule, find, replace]) => ({ id: 'R-101', rule, file: FIXING, find, replace })),
  {
    id: 'R-101',
    rule: 'the id stays that of the chain of the construction',
    file: ORACLE,
    find: 'return fixing.id(CHAIN_ID, address(this));',
    replace: 'return fixing.id(block.chainid, address(this));',
  },
  {
    id: 'R-101',
    rule: 'the id has every field in it',
    file: FIXING,
    find: 'FIXING_BYTES = 14 * 32',
    replace: 'FIXING_BYTES = 13 * 32',
  },
  {
    id: 'R-101',
    rule: 'create emits the struct',
    file: ORACLE,
    find: 'emit Created(id, fixing.indexId, fixing);',
    replace: '',
  },
  {
    id: 'R-101',
    rule: 'the twin knows the bounds too',
    file: 'contracts/protocol/fixing.ts',
    find: 'bandPpm: [1n, 200_000n],',
    replace: 'bandPpm: [1n, 2_000_000n],',
  },
  {
    id: 'R-102',
    rule: 'a value that is exactly the separation away is separated',
    file: 'contracts/src/libraries/DistanceLib.sol',
    find: '_gap(a, b) * PPM >= separationPpm',
    replace: '_gap(a, b) * PPM > separationPpm',
  },
  {
    id: 'R-102',
    rule: 'the twin measures by ratio too',
    file: 'contracts/protocol/distance.ts',
    find: 'return gap(a, b) * PPM >= BigInt(separationPpm) * smaller(a, b)',
    replace: 'return gap(a, b) * PPM >= BigInt(separationPpm) * a',
  },
  {
    id: 'R-103',
    rule: 'an appeal stakes a ninth',
    file: 'contracts/src/libraries/BondLib.sol',
    find: 'APPEAL_DIVISOR = 9',
    replace: 'APPEAL_DIVISOR = 8',
  },
]
