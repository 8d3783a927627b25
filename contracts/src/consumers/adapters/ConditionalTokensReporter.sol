// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConditionalTokens} from "../../interfaces/consumers/IConditionalTokens.sol";
import {ISettlementSource} from "../../interfaces/ISettlementSource.sol";
import {SettlementLib} from "../../libraries/SettlementLib.sol";
import {Fixing, FixingId} from "../../types/Fixing.sol";

/// @title Fixings as scalar conditions of Gnosis's conditional tokens
/// @notice A condition is a fixing and a range. Outcome 0, short, pays all at `low` and below, outcome 1, long, all at `high` and above; between
/// them both share by where the value lies, to the last unit. If the fixing is INVALID each pays half. Anyone prepares and reports; the
/// question's id says all that is reported, so that nobody can report anything else.
contract ConditionalTokensReporter {
    uint256 private constant OUTCOMES = 2;

    /// @notice Where settlements come from.
    ISettlementSource public immutable ORACLE;
    /// @notice Where conditions are reported.
    IConditionalTokens public immutable CONDITIONAL_TOKENS;

    /// @notice The condition's ends, in the order in which they must be.
    error RangeEmpty(uint128 low, uint128 high);

    constructor(ISettlementSource oracle, IConditionalTokens conditionalTokens) {
        ORACLE = oracle;
        CONDITIONAL_TOKENS = conditionalTokens;
    }

    /// @notice Announces `fixing` and opens its condition over `low` .. `high`, index units scaled by 1e18. By anyone, once.
    /// Reverts with `RangeEmpty`, `IMaturityOracle.ParameterOutOfBounds`, or as the conditional tokens do.
    function prepare(Fixing calldata fixing, uint128 low, uint128 high) external returns (bytes32 id) {
        id = questionId(ORACLE.create(fixing), low, high);
        CONDITIONAL_TOKENS.prepareCondition(address(this), id, OUTCOMES);
    }

    /// @notice Reports the condition of `fixing` over `low` .. `high`. By anyone, once.
    /// Reverts with `RangeEmpty`, `ISettlementSource.NotSettled`, or as the conditional tokens do.
    function report(Fixing calldata fixing, uint128 low, uint128 high) external {
        FixingId fixingId = ORACLE.fixingId(fixing);
        bytes32 id = questionId(fixingId, low, high);
        uint128 settlement = SettlementLib.settlementOf(ORACLE, fixing, fixingId);
        CONDITIONAL_TOKENS.reportPayouts(id, payouts(settlement, low, high));
    }

    /// @notice The question of the fixing `id` over `low` .. `high`. Reverts with `RangeEmpty`.
    function questionId(FixingId id, uint128 low, uint128 high) public pure returns (bytes32) {
        if (low >= high) revert RangeEmpty(low, high);
        return keccak256(abi.encode(id, low, high));
    }

    /// @notice What short and long are paid at `settlement`, relative to their sum.
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
