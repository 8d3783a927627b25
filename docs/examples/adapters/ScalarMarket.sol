// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IConditionalTokensReporter} from "assize/contracts/src/interfaces/consumers/IConditionalTokensReporter.sol";
import {Fixing} from "assize/contracts/src/types/Fixing.sol";

/// Gnosis's contract, as far as it is called here.
interface IConditions {
    function getConditionId(address oracle, bytes32 questionId, uint256 slots) external pure returns (bytes32);
    function getOutcomeSlotCount(bytes32 conditionId) external view returns (uint256);
    function payoutDenominator(bytes32 conditionId) external view returns (uint256);
}

/// @title A condition that is open and will be reported, whoever else tries first
contract ScalarMarket {
    IConditionalTokensReporter public immutable REPORTER;
    bytes32 public immutable CONDITION;
    uint128 public immutable LOW;
    uint128 public immutable HIGH;
    Fixing private _fixing;

    constructor(IConditionalTokensReporter reporter, Fixing memory fixing, uint128 low, uint128 high) {
        (REPORTER, LOW, HIGH, _fixing) = (reporter, low, high, fixing);
        // Announced here too: whoever opens the condition at Gnosis's contract directly has announced nothing.
        bytes32 id = reporter.questionId(reporter.ORACLE().create(fixing), low, high);
        CONDITION = _conditions().getConditionId(address(reporter), id, 2);
        if (_conditions().getOutcomeSlotCount(CONDITION) == 0) reporter.prepare(fixing, low, high);
    }

    /// @notice Makes positions redeemable. By anyone, as often as he likes. Reverts with `NotSettled` before the settlement.
    function resolve() external {
        if (_conditions().payoutDenominator(CONDITION) == 0) REPORTER.report(_fixing, LOW, HIGH);
    }

    function _conditions() private view returns (IConditions) {
        return IConditions(address(REPORTER.CONDITIONAL_TOKENS()));
    }
}
