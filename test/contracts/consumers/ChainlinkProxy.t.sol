// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AggregatorV3Interface} from "@chainlink/contracts/src/v0.8/interfaces/AggregatorV3Interface.sol";

import {ChainlinkFeed} from "src/consumers/adapters/ChainlinkFeed.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";

import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

/// @dev What the owner and the readers of Chainlink's proxy call beside AggregatorV3Interface.
interface IProxy is AggregatorV3Interface {
    function aggregator() external view returns (address);
    function phaseId() external view returns (uint16);
    function proposeAggregator(address aggregator) external;
    function confirmAggregator(address aggregator) external;
    function latestAnswer() external view returns (int256);
}

/// @dev Chainlink's contract that looks which feeds are older than their readers allow.
interface IStaleness {
    function setThresholds(address[] calldata feeds, uint256[] calldata thresholdsSeconds) external;
    function check(address[] calldata feeds) external view returns (address[] memory stale);
}

/// R-611, read by Chainlink's published contracts: the proxy that stands before every feed of theirs, and what finds stale feeds.
contract ChainlinkProxyTest is ConsumerFixture {
    /// The proxy counts its aggregators, and puts the count before the round.
    uint80 private constant FIRST_PHASE = 1 << 64;

    ChainlinkFeed private feed;
    IProxy private proxy;
    IStaleness private staleness;

    function setUp() public override {
        super.setUp();
        feed = new ChainlinkFeed(ISettlementSource(address(oracle)), fixing, 8, "ETH / USD, 15 January 2027 08:00 UTC");
        proxy = IProxy(_published("v0.6/EACAggregatorProxy", abi.encode(feed, address(0))));
        staleness = IStaleness(_published("v0.7/StalenessFlaggingValidator", abi.encode(makeAddr("flags"))));
    }

    function test_proxy_describesTheFeed() public view {
        assertEq(proxy.aggregator(), address(feed));
        assertEq(proxy.decimals(), 8);
        assertEq(proxy.description(), "ETH / USD, 15 January 2027 08:00 UTC");
        assertEq(proxy.version(), 1);
    }

    function test_proxy_answersWithTheSettlement() public {
        _proposeAtMaturity(fixing, VALUE);
        vm.expectRevert(_notSettled());
        proxy.latestRoundData();
        vm.expectRevert(_notSettled());
        proxy.getRoundData(FIRST_PHASE + 1);

        vm.warp(MATURITY + FIRST_WINDOW);
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) = proxy.latestRoundData();
        assertEq(round, FIRST_PHASE + 1);
        assertEq(answer, 2500_12345678);
        assertEq(startedAt, MATURITY);
        assertEq(updatedAt, MATURITY);
        assertEq(answeredIn, FIRST_PHASE + 1);
        (, int256 same,,,) = proxy.getRoundData(FIRST_PHASE + 1);
        assertEq(same, answer);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkFeed.NoSuchRound.selector, 2, 1));
        proxy.getRoundData(FIRST_PHASE + 2);
    }

    function test_proxy_revertsForGoodOnInvalid() public {
        _expire();
        vm.expectRevert(_invalid());
        proxy.latestRoundData();
    }

    /// A proxy's owner moves on to the next fixing's feed; the first stays readable by its phase.
    function test_proxy_isMovedToTheNextFixing() public {
        _settle(fixing, VALUE);
        fixing.maturity = MATURITY + 30 days;
        address next = address(new ChainlinkFeed(ISettlementSource(address(oracle)), fixing, 8, "ETH / USD, a month on"));
        proxy.proposeAggregator(next);
        proxy.confirmAggregator(next);
        assertEq(proxy.phaseId(), 2);
        id = _idOf(fixing);
        vm.expectRevert(_notSettled());
        proxy.latestRoundData();
        (, int256 answer,,,) = proxy.getRoundData(FIRST_PHASE + 1);
        assertEq(answer, 2500_12345678);
    }

    /// Of AggregatorInterface, which came before AggregatorV3Interface and knows no time beside its answer.
    function test_proxy_hasNoAnswerForReadersOfTheOldInterface() public {
        _settle(fixing, VALUE);
        vm.expectRevert(bytes(""));
        proxy.latestAnswer();
    }

    /// First read a day after the maturity: too old for a reader who allows an hour, and in time for everybody else too.
    function test_staleness_growsForEver() public {
        assertEq(_stale(1 hours, MATURITY + FIRST_WINDOW), 1);
        assertEq(_stale(FIRST_WINDOW, MATURITY + FIRST_WINDOW), 0);
        assertEq(_stale(FIRST_WINDOW, MATURITY + FIRST_WINDOW + 1), 1);
        assertEq(_stale(365 days, MATURITY + 365 days), 0);
        assertEq(_stale(365 days, MATURITY + 365 days + 1), 1);
    }

    /// How many of feed and proxy are stale at `time` for a reader who allows `thresholdSeconds`: of the two, one is asked about.
    function _stale(uint256 thresholdSeconds, uint256 time) private returns (uint256) {
        if (!feed.isSettled()) _settle(fixing, VALUE);
        vm.warp(time);
        address[] memory feeds = new address[](2);
        (feeds[0], feeds[1]) = (address(feed), address(proxy));
        uint256[] memory thresholds = new uint256[](2);
        thresholds[1] = thresholdSeconds; // 0: of no interest
        staleness.setThresholds(feeds, thresholds);
        return staleness.check(feeds).length;
    }

    /// What Chainlink compiled and published as `name`, deployed by this contract.
    function _published(string memory name, bytes memory args) private returns (address deployed) {
        string memory path = string.concat("node_modules/@chainlink/contracts/abi/", name, ".json");
        bytes memory code = vm.parseJsonBytes(vm.readFile(path), ".compilerOutput.evm.bytecode.object");
        code = bytes.concat(code, args);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 0x20), mload(code))
        }
        assertTrue(deployed != address(0));
    }
}
