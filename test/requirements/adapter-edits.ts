import { type DisablingEdit, type EditRow, editsOf } from './disabling-edit.ts'

const CONSUMER = 'contracts/src/consumers/FixingConsumer.sol'
const READING = 'contracts/src/libraries/SettlementLib.sol'
const ADAPTERS = 'contracts/src/consumers/adapters'
const FEED = `${ADAPTERS}/ChainlinkFeed.sol`
const MORPHO = `${ADAPTERS}/MorphoPrice.sol`
const QUOTE = `${ADAPTERS}/Erc7726Quote.sol`
const RESULTS = `${ADAPTERS}/ResultsById.sol`
const KNOWN = `${ADAPTERS}/KnownFixings.sol`
const CONDITIONS = `${ADAPTERS}/ConditionalTokensReporter.sol`

const ROWS: readonly EditRow[] = [
  ['R-610', 'the fixing is announced', CONSUMER, 'oracle.create(fixing_)', 'oracle.fixingId(fixing_)'],
  ['R-610', 'INVALID is no value', CONSUMER, 'if (SettlementLib.isInvalid(value))', 'if (value == 0)'],
  [
    'R-610',
    'an expiry of which nothing is stored is read',
    READING,
    'if (!isSettled) value = oracle.settlement(stored);',
    'if (!isSettled) stored;',
  ],
  [
    'R-615',
    'an expiry of which nothing is stored is read',
    READING,
    'if (!isSettled) value = oracle.settlement(fixing);',
    'if (!isSettled) fixing;',
  ],
  [
    'R-610',
    'an expiry of which nothing is stored counts',
    CONSUMER,
    'if (!settled) settled = ORACLE.phase(_stored) == Phase.Settled;',
    '',
  ],
  ['R-610', 'the least bond is the usual', 'contracts/src/libraries/FixingBuilder.sol', '0.1 ether', '0.2 ether'],
  ['R-611', 'the answer is a value', FEED, 'uint256(_value())', 'uint256(_settlement())'],
  ['R-611', 'it has its decimals', FEED, '10 ** (MAX_DECIMALS - decimals)', '10 ** decimals'],
  ['R-611', 'no answer is zero', FEED, 'if (answer == 0) revert AnswerTooSmall();', ''],
  ['R-611', 'there is one round', FEED, 'if (roundId != ROUND)', 'if (roundId == 0)'],
  ['R-611', 'decimals are bounded', FEED, 'if (decimals_ > MAX_DECIMALS)', 'if (decimals_ > 30)'],
  [
    'R-612',
    "the scale is Morpho's",
    MORPHO,
    '+ loanDecimals - collateralDecimals',
    '+ collateralDecimals - loanDecimals',
  ],
  ['R-612', 'the price is a value', MORPHO, 'uint256(_value())', 'uint256(_settlement())'],
  ['R-612', 'both decimals are bounded', MORPHO, 'if (most > MAX_DECIMALS)', 'if (loanDecimals > MAX_DECIMALS)'],
  ['R-613', 'there are two pairs', QUOTE, 'if (!isForward && !(base == QUOTE && quote == BASE))', 'if (base == quote)'],
  ['R-613', 'before the settlement there is nothing', QUOTE, 'if (!isSettled()) revert', 'if (false) revert'],
  ['R-613', 'INVALID is nothing', QUOTE, 'if (SettlementLib.isInvalid(value)) revert', 'if (false) revert'],
  [
    'R-613',
    'the other way divides',
    QUOTE,
    ': Math.mulDiv(baseAmount, unit, worth)',
    ': Math.mulDiv(baseAmount, worth, unit)',
  ],
  [
    'R-613',
    'a product has room',
    QUOTE,
    '(uint256(value) * QUOTE_UNIT, VALUE_UNIT',
    '(uint256(value * uint128(QUOTE_UNIT)), VALUE_UNIT',
  ],
  ['R-613', 'both decimals are bounded', QUOTE, 'if (most > MAX_DECIMALS)', 'if (baseDecimals > MAX_DECIMALS)'],
  ['R-614', 'nothing is there before the settlement', RESULTS, 'if (!settled) revert', 'if (false) revert'],
  ['R-614', 'what is not there is not found', RESULTS, 'return (0, timestamp, NOT_FOUND)', 'return (0, timestamp, OK)'],
  ['R-614', 'INVALID has no value', RESULTS, 'return (0, timestamp, BAD_REQUEST)', 'return (0, timestamp, OK)'],
  [
    'R-614',
    'a number is its units',
    RESULTS,
    ': bytes32(uint256(settlement))',
    ': bytes32(uint256(settlement) / 1e18)',
  ],
  ['R-614', "INVALID is Reality's", RESULTS, 'bytes32(type(uint256).max)', 'bytes32(uint256(type(uint128).max))'],
  ['R-614', 'a resolved value is a value', RESULTS, 'settled && !SettlementLib.isInvalid(settlement)', 'settled'],
  ['R-614', 'what was learned is known', KNOWN, '(_known[id].isSettled, _known[id].settlement)', '(false, 0)'],
  ['R-614', 'only a settlement is learned', KNOWN, 'ORACLE.phase(fixing) == Phase.Settled', 'fixing.maturity > 0'],
  [
    'R-615',
    'the payout follows the value',
    CONDITIONS,
    '(high - within, within - low)',
    '(within - low, high - within)',
  ],
  ['R-615', 'beyond the ends one takes all', CONDITIONS, 'settlement > high ? high : settlement', 'settlement'],
  ['R-615', 'INVALID is shared', CONDITIONS, '(shares[0], shares[1]) = (1, 1);', '(shares[0], shares[1]) = (0, 1);'],
  ['R-615', 'the question names its range', CONDITIONS, 'abi.encode(id, low, high)', 'abi.encode(id, low)'],
  ['R-615', 'a range has two ends', CONDITIONS, 'if (low >= high)', 'if (low > high)'],
  ['R-615', 'nothing is reported early', CONDITIONS, 'SettlementLib.settlementOf(ORACLE, fixing, fixingId)', 'low'],
]

/** What reads settlements for others: each rule turned off, one at a time. */
export const ADAPTER_EDITS: readonly DisablingEdit[] = editsOf(ROWS)
