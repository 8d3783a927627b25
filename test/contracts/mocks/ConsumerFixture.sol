// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {SettlementLib} from "src/libraries/SettlementLib.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";

import {MaturityFixture} from "./MaturityFixture.sol";

/// @title A fixing that nobody rules on, for whatever reads its settlement
abstract contract ConsumerFixture is MaturityFixture {
    uint128 internal constant VALUE = 2500.123456789012345678e18;

    Fixing internal fixing;
    FixingId internal id;

    function setUp() public virtual override {
        super.setUp();
        fixing = _fixing(makeAddr("arbitrator"), makeAddr("backup"), address(0));
        id = _idOf(fixing);
    }

    /// Nobody proposes, nobody requests: INVALID by time alone, of which the oracle stores nothing.
    function _expire() internal {
        vm.warp(MATURITY + GRACE + 2 * ARBITRATION_LIMIT);
        assertEq(oracle.settlement(fixing), INVALID);
        (bool isStored,) = oracle.settlementOf(id);
        assertFalse(isStored);
    }

    function _notSettled() internal view returns (bytes memory) {
        return abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id);
    }

    function _invalid() internal view returns (bytes memory) {
        return abi.encodeWithSelector(SettlementLib.InvalidSettlement.selector, id);
    }
}
