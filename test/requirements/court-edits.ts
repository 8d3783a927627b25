import { type DisablingEdit, type EditRow, editsOf } from './disabling-edit.ts'

const ADAPTER = 'contracts/src/arbitrators/Erc792Arbitrator.sol'
const LENS = 'contracts/src/consumers/SecurityLens.sol'

const ROWS: readonly EditRow[] = [
  ['R-520', 'every value is a choice', ADAPTER, 'createDispute{value: cost}(CHOICES', 'createDispute{value: cost}(2'],
  ['R-520', 'a refusal is INVALID', ADAPTER, 'ruling == 0 ? DistanceLib.INVALID : uint128(ruling)', 'uint128(ruling)'],
  [
    'R-520',
    'a case is opened in its turn',
    ADAPTER,
    'if (TurnLib.turnEnd(ORACLE, fixing, address(this)) == 0)',
    'if (false)',
  ],
  [
    'R-520',
    'a case is opened once',
    ADAPTER,
    'if (trial.opener != address(0)) revert AlreadyOpen',
    'if (false) revert AlreadyOpen',
  ],
  ['R-520', 'the court is paid', ADAPTER, 'if (msg.value < cost) revert PaymentTooLow(msg.value, cost);\n\n', '\n'],
  [
    'R-520',
    'what is too much comes back',
    ADAPTER,
    'uint256(FixingId.unwrap(id)));\n        if (msg.value > cost) payable(msg.sender).sendValue(msg.value - cost);',
    'uint256(FixingId.unwrap(id)));',
  ],
  ['R-520', 'a dispute is of one fixing', ADAPTER, 'if (FixingId.unwrap(_fixings[disputeId]) != 0)', 'if (false)'],
  ['R-520', 'only the court rules', ADAPTER, 'if (msg.sender != address(COURT))', 'if (msg.sender == address(0))'],
  [
    'R-520',
    'the court rules once',
    ADAPTER,
    'trial.opener == address(0) || trial.isRuled',
    'trial.opener == address(0)',
  ],
  [
    'R-520',
    'the ruling is kept whatever the oracle says',
    ADAPTER,
    'trial.isRuled = true;',
    'trial.isRuled = block.timestamp < 1_802_900_000;\n        if (!trial.isRuled) revert UnknownDispute(disputeId);',
  ],
  ['R-520', "the ruling is the court's", ADAPTER, 'if (!trial.isRuled) revert NotRuled(id);', ''],
  ['R-520', 'the opener is paid', ADAPTER, 'safeTransfer(trial.opener,', 'safeTransfer(msg.sender,'],
  ['R-520', 'an appeal is of a case', ADAPTER, 'if (trial.opener == address(0)) revert NotOpen(id);', ''],
  [
    'R-520',
    'evidence is said to the court',
    ADAPTER,
    'emit Evidence(COURT, uint256(FixingId.unwrap(id)), msg.sender, evidence);',
    '',
  ],
  [
    'R-520',
    'others cost nothing',
    ADAPTER,
    'return isOurs ? DECLARED_COST : 0;',
    'isOurs;\n        return DECLARED_COST;',
  ],
  ['R-530', 'the cheaper counts', LENS, 'first < second ? first : second', 'first'],
  ['R-530', 'a flood is not copied', LENS, 'mload(input), 0x00, 0x20)', 'mload(input), 0x00, 0x00)'],
  ['R-530', 'half an answer is none', LENS, 'gt(returndatasize(), 0x1f)', 'gt(returndatasize(), 0)'],
  [
    'R-530',
    'an arbitrator is not starved',
    LENS,
    'if ((gasleft() - gasleft() / 64) <= cap + 5_300) revert NotEnoughGas();',
    '',
  ],
  [
    'R-530',
    'without one there is nothing',
    LENS,
    'if (first == 0) return 0;',
    'if (first == 0) return _cost(fixing.backup, fixing);',
  ],
]

/** The adapter of ERC-792 and the security lens: each rule turned off, one at a time. */
export const COURT_EDITS: readonly DisablingEdit[] = editsOf(ROWS)
