// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConditionalTokens} from "../../interfaces/consumers/IConditionalTokens.sol";
import {IConditionalTokensReporter} from "../../interfaces/consumers/IConditionalTokensReporter.sol";
import {ISettlementSource} from "../../interfaces/ISettlementSource.sol";
import {SettlementLib} from "../../libraries/SettlementLib.sol";
import {Fixing, FixingId} from "../../types/Fixing.sol";

/// @title Fixings as scalar conditions of Gnosis's conditional tokens
/// @notice A condition is a fixing and a range. Outcome 0, short, pays all at `low` and below, outcome 1, long, all at `high` and above; between
/// them both share by where the value lies, to the last unit. If the fixing is INVALID each pays half. Anyone prepares and reports; the
/// question's id says all that is reported, so that nobody can report anything else.
contract ConditionalTokensReporter is IConditionalTokensReporter {
    uint256 private constant OUTCOMES = 2;

    /// @inheritdoc IConditionalTokensReporter
    ISettlementSource public immutable ORACLE;
    /// @inheritdoc IConditionalTokensReporter
    IConditionalTokens public immutable CONDITIONAL_TOKENS;

    constructor(ISettlementSource oracle, IConditionalTokens conditionalTokens) {
        ORACLE = oracle;
        CONDITIONAL_TOKENS = conditionalTokens;
    }

    /// @inheritdoc IConditionalTokensReporter
    function prepare(Fixing calldata fixing, uint128 low, uint128 high) external returns (bytes32 id) {
        id = questionId(ORACLE.create(fixing), low, high);
        CONDITIONAL_TOKENS.prepareCondition(address(this), id, OUTCOMES);
    }

    /// @inheritdoc IConditionalTokensReporter
    function report(Fixing calldata fixing, uint128 low, uint128 high) external {
        FixingId fixingId = ORACLE.fixingId(fixing);
        bytes32 id = questionId(fixingId, low, high);
        uint128 settlement = SettlementLib.settlementOf(ORACLE, fixing, fixingId);
        CONDITIONAL_TOKENS.reportPayouts(id, payouts(settlement, low, high));
    }

    /// @inheritdoc IConditionalTokensReporter
    function questionId(FixingId id, uint128 low, uint128 high) public pure returns (bytes32) {
        if (low >= high) revert RangeEmpty(low, high);
        return keccak256(abi.encode(id, low, high));
    }

    /// @inheritdoc IConditionalTokensReporter
    function payouts(uint128 settlement, uint128 low, uint128 high) public pure returns (uint256[] memory shares) {
        shares = new uint256[](OUTCOMES);
        if (SettlementLib.isInvalid(settlement)) {
            (shares[0], shares[1]) = (1, 1);
            return shares;
        }
        uint128 within = settlement < low ? low : settlement > high ? high : settlement;
        (shares[0], shares[1]) = (high - within, within - low);
    }
}
