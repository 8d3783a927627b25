// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChainlinkFeed} from "src/consumers/adapters/ChainlinkFeed.sol";
import {Erc7726Quote} from "src/consumers/adapters/Erc7726Quote.sol";
import {KnownFixings} from "src/consumers/adapters/KnownFixings.sol";
import {MorphoPrice} from "src/consumers/adapters/MorphoPrice.sol";
import {ResultsById} from "src/consumers/adapters/ResultsById.sol";
import {IErc7726} from "src/interfaces/consumers/IErc7726.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {FixingId} from "src/types/Fixing.sol";

import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

/// R-611.
contract ChainlinkFeedTest is ConsumerFixture {
    function test_feed_answersAtTheSettlement() public {
        ChainlinkFeed feed = _feed(8);
        assertEq(feed.decimals(), 8);
        assertEq(feed.description(), "ETH / USD");
        assertEq(feed.version(), 1);
        _proposeAtMaturity(fixing, VALUE);
        vm.expectRevert(_notSettled());
        feed.latestRoundData();
        vm.expectRevert(_notSettled());
        feed.getRoundData(1);

        vm.warp(MATURITY + FIRST_WINDOW);
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) = feed.latestRoundData();
        assertEq(answer, 2500_12345678);
        assertEq(round, 1);
        assertEq(startedAt, MATURITY);
        assertEq(updatedAt, MATURITY);
        assertEq(answeredIn, 1);
        (, int256 same,,,) = feed.getRoundData(1);
        assertEq(same, answer);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkFeed.NoSuchRound.selector, 2, 1));
        feed.getRoundData(2);
    }

    function test_feed_hasTheDecimalsItWasGiven() public {
        ChainlinkFeed whole = _feed(0);
        ChainlinkFeed all = _feed(18);
        vm.expectRevert(abi.encodeWithSelector(ChainlinkFeed.DecimalsOutOfBounds.selector, 19, 18));
        _feed(19);
        _settle(fixing, VALUE);
        (, int256 rounded,,,) = whole.latestRoundData();
        assertEq(rounded, 2500);
        (, int256 exact,,,) = all.latestRoundData();
        assertEq(exact, int256(uint256(VALUE)));
    }

    /// A reader that does not look for zero would take it for worthless.
    function test_feed_neverAnswersZero() public {
        ChainlinkFeed feed = _feed(8);
        uint256 start = vm.snapshotState();
        _settle(fixing, 1e10);
        (, int256 answer,,,) = feed.latestRoundData();
        assertEq(answer, 1);
        vm.revertToState(start);
        _settle(fixing, 1e10 - 1);
        vm.expectRevert(ChainlinkFeed.AnswerTooSmall.selector);
        feed.latestRoundData();
    }

    function test_feed_revertsForGoodOnInvalid() public {
        ChainlinkFeed feed = _feed(8);
        _settle(fixing, INVALID);
        vm.expectRevert(_invalid());
        feed.latestRoundData();
    }

    function _feed(uint8 decimals) private returns (ChainlinkFeed) {
        return new ChainlinkFeed(ISettlementSource(address(oracle)), fixing, decimals, "ETH / USD");
    }
}

/// R-612.
contract MorphoPriceTest is ConsumerFixture {
    /// 1 WETH (18 decimals) for 2500.12… USDC (6): one wei is worth 2500.12…e-12 units, scaled by 1e36.
    function test_price_isMorphosScale() public {
        MorphoPrice usual = _price(6, 18);
        MorphoPrice reverse = _price(18, 6);
        vm.expectRevert(_notSettled());
        usual.price();
        _settle(fixing, VALUE);
        assertEq(usual.price(), 2500.123456789012345678e24);
        assertEq(reverse.price(), 2500.123456789012345678e48);
    }

    function test_price_isBounded() public {
        MorphoPrice price = _price(18, 0);
        vm.expectRevert(abi.encodeWithSelector(MorphoPrice.DecimalsOutOfBounds.selector, 19, 18));
        _price(19, 0);
        vm.expectRevert(abi.encodeWithSelector(MorphoPrice.DecimalsOutOfBounds.selector, 19, 18));
        _price(0, 19);
        _settle(fixing, INVALID - 1);
        assertEq(price.price(), (uint256(INVALID) - 1) * 1e36);
    }

    function test_price_revertsOnInvalid() public {
        MorphoPrice price = _price(6, 18);
        _expire();
        vm.expectRevert(_invalid());
        price.price();
    }

    function _price(uint8 loanDecimals, uint8 collateralDecimals) private returns (MorphoPrice) {
        return new MorphoPrice(ISettlementSource(address(oracle)), fixing, loanDecimals, collateralDecimals);
    }
}

/// R-613.
contract Erc7726QuoteTest is ConsumerFixture {
    address private constant BASE = address(0xba5e);
    /// ISO 4217 of the dollar.
    address private constant QUOTE = address(840);

    Erc7726Quote private quotes;

    function setUp() public override {
        super.setUp();
        quotes = _quotes(18, 6);
    }

    function test_getQuote_bothWaysRoundedDown() public {
        _settle(fixing, VALUE);
        assertEq(quotes.getQuote(2 ether, BASE, QUOTE), 5000_246913);
        // One dollar: 1e6 * 1e30 / 2500123456789012345678 = 399980247889170.…
        assertEq(quotes.getQuote(1e6, QUOTE, BASE), 399980247889170);
        assertEq(quotes.getQuote(0, BASE, QUOTE), 0);
    }

    function test_getQuote_refusesOtherPairs() public {
        _settle(fixing, VALUE);
        address[2][4] memory pairs = [[BASE, BASE], [QUOTE, QUOTE], [BASE, address(978)], [address(1), QUOTE]];
        for (uint256 i = 0; i < pairs.length; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(IErc7726.OracleUnsupportedPair.selector, pairs[i][0], pairs[i][1])
            );
            quotes.getQuote(1, pairs[i][0], pairs[i][1]);
        }
    }

    function test_getQuote_trustsNothingButAValue() public {
        bytes memory refusal = abi.encodeWithSelector(IErc7726.OracleUntrustedData.selector, BASE, QUOTE);
        vm.expectRevert(refusal);
        quotes.getQuote(1, BASE, QUOTE);
        _expire();
        vm.expectRevert(refusal);
        quotes.getQuote(1, BASE, QUOTE);
    }

    function test_constructor_boundsTheDecimals() public {
        _quotes(18, 18);
        vm.expectRevert(abi.encodeWithSelector(Erc7726Quote.DecimalsOutOfBounds.selector, 19, 18));
        _quotes(19, 0);
        vm.expectRevert(abi.encodeWithSelector(Erc7726Quote.DecimalsOutOfBounds.selector, 20, 18));
        _quotes(0, 20);
    }

    /// The greatest value with the most decimals stays within a word.
    function testFuzz_getQuote_neverOverflowsForAUnit(uint128 value, uint8 baseDecimals, uint8 quoteDecimals) public {
        baseDecimals = uint8(bound(baseDecimals, 0, 18));
        quoteDecimals = uint8(bound(quoteDecimals, 0, 18));
        value = uint128(bound(value, 1, INVALID - 1));
        quotes = _quotes(baseDecimals, quoteDecimals);
        _settle(fixing, value);
        assertEq(quotes.getQuote(10 ** baseDecimals, BASE, QUOTE), uint256(value) * 10 ** quoteDecimals / 1e18);
    }

    function _quotes(uint8 baseDecimals, uint8 quoteDecimals) private returns (Erc7726Quote) {
        ISettlementSource source = ISettlementSource(address(oracle));
        return new Erc7726Quote(source, fixing, BASE, baseDecimals, QUOTE, quoteDecimals);
    }
}

/// R-614.
contract ResultsByIdTest is ConsumerFixture {
    ResultsById private results;
    bytes32 private key;

    function setUp() public override {
        super.setUp();
        results = new ResultsById(ISettlementSource(address(oracle)));
        key = FixingId.unwrap(id);
    }

    function test_results_beforeTheSettlement() public {
        _proposeAtMaturity(fixing, VALUE);
        assertFalse(results.isFinalized(key));
        vm.expectRevert(_notSettled());
        results.resultFor(key);
        _assertResolved(false, 0);
        _assertValueFor(0, 0, 404);
        results.learn(fixing);
        _assertValueFor(0, MATURITY, 404);
        assertFalse(results.isFinalized(key));
    }

    function test_results_ofAValue() public {
        _settle(fixing, VALUE);
        assertTrue(results.isFinalized(key));
        assertEq(results.resultFor(key), bytes32(uint256(VALUE)));
        _assertResolved(true, VALUE);
        _assertValueFor(int256(uint256(VALUE)), 0, 200);
        vm.expectEmit(address(results));
        emit KnownFixings.Learned(id, MATURITY, true);
        results.learn(fixing);
        _assertValueFor(int256(uint256(VALUE)), MATURITY, 200);
    }

    function test_results_ofInvalid() public {
        _settle(fixing, INVALID);
        assertTrue(results.isFinalized(key));
        assertEq(results.resultFor(key), bytes32(type(uint256).max));
        _assertResolved(false, 0);
        _assertValueFor(0, 0, 400);
    }

    /// The oracle has stored nothing of it: somebody has to bring the fixing itself.
    function test_results_ofAFixingThatExpiredUnproposed() public {
        results.learn(fixing);
        _expire();
        assertFalse(results.isFinalized(key));
        results.learn(fixing);
        assertTrue(results.isFinalized(key));
        assertEq(results.resultFor(key), bytes32(type(uint256).max));
        _assertValueFor(0, MATURITY, 400);
    }

    /// Whatever is brought to it, it says of a fixing what the oracle says of the same.
    function test_learn_isOfTheFixingThatWasBrought() public {
        _settle(fixing, VALUE);
        fixing.maturity = MATURITY + 30 days;
        results.learn(fixing);
        _assertResolved(true, VALUE);
        assertFalse(results.isFinalized(FixingId.unwrap(oracle.fixingId(fixing))));
    }

    function _assertResolved(bool hasValue, uint256 value) private view {
        (bool gotHasValue, uint256 gotValue) = results.getResolvedValue(key);
        assertEq(gotHasValue, hasValue);
        assertEq(gotValue, value);
    }

    function _assertValueFor(int256 value, uint256 timestamp, uint256 status) private view {
        (int256 gotValue, uint256 gotTimestamp, uint256 gotStatus) = results.valueFor(key);
        assertEq(gotValue, value);
        assertEq(gotTimestamp, timestamp);
        assertEq(gotStatus, status);
    }
}
