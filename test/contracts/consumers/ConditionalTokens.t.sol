// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ConditionalTokensReporter} from "src/consumers/adapters/ConditionalTokensReporter.sol";
import {IConditionalTokens} from "src/interfaces/consumers/IConditionalTokens.sol";
import {IConditionalTokensReporter} from "src/interfaces/consumers/IConditionalTokensReporter.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";

import {IWeth} from "../support/OracleTest.sol";
import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

/// @dev What a market does with Gnosis's published contract.
interface IPositions is IConditionalTokens {
    function getConditionId(address oracle, bytes32 questionId, uint256 slots) external pure returns (bytes32);
    function getCollectionId(bytes32 parent, bytes32 conditionId, uint256 indexSet) external view returns (bytes32);
    function getPositionId(IWeth collateral, bytes32 collectionId) external pure returns (uint256);
    function splitPosition(IWeth collateral, bytes32 parent, bytes32 conditionId, uint256[] calldata sets, uint256 amount)
        external;
    function redeemPositions(IWeth collateral, bytes32 parent, bytes32 conditionId, uint256[] calldata sets) external;
    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data) external;
}

/// R-615, with Gnosis's published conditional tokens.
contract ConditionalTokensTest is ConsumerFixture {
    uint128 private constant LOW = 2000e18;
    uint128 private constant HIGH = 4000e18;

    address private longHolder = makeAddr("long");
    address private shortHolder = makeAddr("short");
    IPositions private positions;
    ConditionalTokensReporter private reporter;
    bytes32 private conditionId;

    function setUp() public override {
        super.setUp();
        string memory path =
            "node_modules/@gnosis.pm/conditional-tokens-contracts/build/contracts/ConditionalTokens.json";
        positions = IPositions(deployCode(path));
        reporter = new ConditionalTokensReporter(ISettlementSource(address(oracle)), positions);
        bytes32 questionId = reporter.prepare(fixing, LOW, HIGH);
        conditionId = positions.getConditionId(address(reporter), questionId, 2);
        _endow(shortHolder, address(positions));
        vm.startPrank(shortHolder);
        positions.splitPosition(weth, 0, conditionId, _sets(1, 2), 1000 ether);
        positions.safeTransferFrom(shortHolder, longHolder, _position(2), 1000 ether, "");
        vm.stopPrank();
    }

    /// 2500.12… lies a quarter and a little of the way.
    function test_report_paysByWhereTheValueLies() public {
        _settle(fixing, VALUE);
        reporter.report(fixing, LOW, HIGH);
        assertEq(_redeem(longHolder, 2), 1000 ether * uint256(VALUE - LOW) / 2000e18);
        assertEq(_redeem(shortHolder, 1), 1000 ether * uint256(HIGH - VALUE) / 2000e18);
        assertEq(weth.balanceOf(address(positions)), 0);
    }

    function test_report_atAndBeyondTheEnds() public {
        uint128[4] memory values = [LOW, LOW / 2, HIGH, HIGH * 2];
        uint256[4] memory paidToLong = [uint256(0), 0, 1000 ether, 1000 ether];
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < values.length; i++) {
            _settle(fixing, values[i]);
            reporter.report(fixing, LOW, HIGH);
            assertEq(_redeem(longHolder, 2), paidToLong[i]);
            assertEq(_redeem(shortHolder, 1), 1000 ether - paidToLong[i]);
            vm.revertToState(start);
        }
    }

    function test_report_sharesInvalid() public {
        _expire();
        reporter.report(fixing, LOW, HIGH);
        assertEq(_redeem(longHolder, 2), 500 ether);
        assertEq(_redeem(shortHolder, 1), 500 ether);
    }

    function test_report_waitsForTheSettlementAndIsOnce() public {
        _proposeAtMaturity(fixing, VALUE);
        vm.expectRevert(_notSettled());
        reporter.report(fixing, LOW, HIGH);
        vm.warp(MATURITY + FIRST_WINDOW);
        reporter.report(fixing, LOW, HIGH);
        vm.expectRevert("payout denominator already set");
        reporter.report(fixing, LOW, HIGH);
    }

    /// Another range, another fixing: another condition, which nobody has opened.
    function test_report_isOfItsOwnConditionOnly() public {
        _settle(fixing, VALUE);
        vm.expectRevert("condition not prepared or found");
        reporter.report(fixing, LOW, HIGH + 1);
        vm.expectRevert("condition not prepared or found");
        reporter.report(fixing, LOW + 1, HIGH);
        vm.expectRevert("condition already prepared");
        reporter.prepare(fixing, LOW, HIGH);
    }

    function test_prepare_refusesAnEmptyRange() public {
        vm.expectRevert(abi.encodeWithSelector(IConditionalTokensReporter.RangeEmpty.selector, HIGH, HIGH));
        reporter.prepare(fixing, HIGH, HIGH);
        vm.expectRevert(abi.encodeWithSelector(IConditionalTokensReporter.RangeEmpty.selector, HIGH, LOW));
        reporter.report(fixing, HIGH, LOW);
    }

    function testFuzz_payouts_addUpToTheRange(uint128 settlement, uint128 low, uint128 high) public view {
        low = uint128(bound(low, 0, INVALID - 1));
        high = uint128(bound(high, uint256(low) + 1, INVALID));
        settlement = uint128(bound(settlement, 1, INVALID - 1));
        uint256[] memory shares = reporter.payouts(settlement, low, high);
        assertEq(shares[0] + shares[1], high - low);
        assertEq(shares[1], settlement <= low ? 0 : (settlement >= high ? high - low : settlement - low));
    }

    function _redeem(address holder, uint256 indexSet) private returns (uint256) {
        uint256[] memory sets = new uint256[](1);
        sets[0] = indexSet;
        uint256 before = weth.balanceOf(holder);
        vm.prank(holder);
        positions.redeemPositions(weth, 0, conditionId, sets);
        return weth.balanceOf(holder) - before;
    }

    function _position(uint256 indexSet) private view returns (uint256) {
        return positions.getPositionId(weth, positions.getCollectionId(0, conditionId, indexSet));
    }

    function _sets(uint256 first, uint256 second) private pure returns (uint256[] memory sets) {
        sets = new uint256[](2);
        (sets[0], sets[1]) = (first, second);
    }
}
