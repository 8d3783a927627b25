// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChainlinkFeed} from "src/consumers/adapters/ChainlinkFeed.sol";
import {ConditionalTokensReporter} from "src/consumers/adapters/ConditionalTokensReporter.sol";
import {Erc7726Quote} from "src/consumers/adapters/Erc7726Quote.sol";
import {MorphoPrice} from "src/consumers/adapters/MorphoPrice.sol";
import {ResultsById} from "src/consumers/adapters/ResultsById.sol";
import {IConditionalTokens} from "src/interfaces/consumers/IConditionalTokens.sol";
import {IErc7726} from "src/interfaces/consumers/IErc7726.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {PayoffLib} from "src/libraries/PayoffLib.sol";
import {FixingId} from "src/types/Fixing.sol";

import {BorrowLimit} from "../../../docs/examples/adapters/BorrowLimit.sol";
import {DollarDebt} from "../../../docs/examples/adapters/DollarDebt.sol";
import {DollarInvoice} from "../../../docs/examples/adapters/DollarInvoice.sol";
import {IConditions, ScalarMarket} from "../../../docs/examples/adapters/ScalarMarket.sol";
import {ThreeReaders} from "../../../docs/examples/adapters/ThreeReaders.sol";
import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

/// The example of docs/adapters/chainlink-feed.md.
contract DollarDebtTest is ConsumerFixture {
    ChainlinkFeed private feed;
    DollarDebt private debt;

    function setUp() public override {
        super.setUp();
        ISettlementSource source = ISettlementSource(address(oracle));
        feed = new ChainlinkFeed(source, fixing, 8, "ETH / USD, 15 January 2027 08:00 UTC");
        debt = new DollarDebt{value: 1 ether}(feed, MATURITY, 1000);
    }

    /// 1000 dollars at 2500.12345678: 0.39998024789061272965… ether.
    function test_debt_isDueAtTheSettlement() public {
        _proposeAtMaturity(fixing, VALUE);
        vm.expectRevert(_notSettled());
        debt.due();
        vm.warp(MATURITY + FIRST_WINDOW);
        assertEq(debt.due(), 0.39998024789061273 ether);
        vm.warp(MATURITY + 1000 days);
        assertEq(debt.due(), 0.39998024789061273 ether);
    }

    function test_debt_takesNoMoreThanThereIs() public {
        _settle(fixing, 999e18);
        assertEq(debt.due(), 1 ether);
    }

    function test_debt_isSharedOnInvalid() public {
        _expire();
        assertEq(debt.due(), 0.5 ether);
    }

    function test_debt_refusesAFeedOfAnotherTime() public {
        vm.expectRevert(abi.encodeWithSelector(DollarDebt.OfAnotherTime.selector, MATURITY, MATURITY + 1));
        new DollarDebt(feed, MATURITY + 1, 1000);
    }

    /// A reader of answers no older than an hour takes none: undisputed, the first is as old as the first window.
    function test_feed_isAsOldAsTheFirstWindowWhenItIsFirstRead() public {
        _proposeAtMaturity(fixing, VALUE);
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        vm.expectRevert(_notSettled());
        feed.latestRoundData();
        vm.warp(MATURITY + FIRST_WINDOW);
        (,,, uint256 updatedAt,) = feed.latestRoundData();
        assertEq(block.timestamp - updatedAt, 1 days);
    }
}

/// The example of docs/adapters/morpho-price.md.
contract BorrowLimitTest is ConsumerFixture {
    MorphoPrice private price;
    BorrowLimit private limit;

    function setUp() public override {
        super.setUp();
        ISettlementSource source = ISettlementSource(address(oracle));
        price = new MorphoPrice(source, fixing, 6, 18);
        limit = new BorrowLimit(price, 0.86e18);
    }

    /// Three whole tokens of 2500.123456… each, 86 % of it: 6450.318518… of a loan token of six decimals.
    function test_limit_isAShareOfTheWorth() public {
        _proposeAtMaturity(fixing, VALUE);
        assertEq(limit.mostBorrowed(3 ether), 0);
        vm.warp(MATURITY + FIRST_WINDOW);
        assertEq(limit.mostBorrowed(3 ether), 6450_318518);
    }

    function test_limit_isNothingOnInvalid() public {
        _expire();
        assertEq(limit.mostBorrowed(3 ether), 0);
    }

    /// At 2500 a P of strike 2000 pays 0.8 ether, which is 2000 dollars; the oracle says 2500 of the ether that was split.
    function test_price_isMoreThanPIsWorthAboveTheStrike() public {
        _settle(fixing, 2500e18);
        (uint256 paid,) = PayoffLib.payoff(1 ether, 2000e18, 2500e18, 0);
        assertEq(paid, 0.8 ether);
        assertEq(paid * price.price() / 1e36, 2000e6);
        assertEq(1 ether * price.price() / 1e36, 2500e6);
    }
}

/// The example of docs/adapters/erc-7726-quote.md.
contract DollarInvoiceTest is ConsumerFixture {
    Erc7726Quote private quotes;
    DollarInvoice private invoice;

    function setUp() public override {
        super.setUp();
        ISettlementSource source = ISettlementSource(address(oracle));
        quotes = new Erc7726Quote(source, fixing, address(weth), 18, address(840), 2);
        invoice = new DollarInvoice(quotes, 1234_56, 0.5 ether);
    }

    /// 1234.56 dollars at 2500.123456789…: 0.4937996148340548213… ether.
    function test_invoice_isPaidByTheSettlement() public {
        _proposeAtMaturity(fixing, VALUE);
        vm.expectRevert(_notSettled());
        invoice.due();
        vm.warp(MATURITY + FIRST_WINDOW);
        assertEq(invoice.due(), 0.493799614834054822 ether);
    }

    function test_invoice_isWhatWasAgreedOnInvalid() public {
        _expire();
        assertEq(invoice.due(), 0.5 ether);
    }

    function test_invoice_refusesQuotesOfAnotherCurrency() public {
        ISettlementSource source = ISettlementSource(address(oracle));
        Erc7726Quote euros = new Erc7726Quote(source, fixing, address(weth), 18, address(978), 2);
        invoice = new DollarInvoice(euros, 1234_56, 0.5 ether);
        _settle(fixing, VALUE);
        vm.expectRevert(abi.encodeWithSelector(IErc7726.OracleUnsupportedPair.selector, address(840), weth));
        invoice.due();
    }
}

/// The example of docs/adapters/results-by-id.md.
contract ThreeReadersTest is ConsumerFixture {
    ResultsById private results;
    ThreeReaders private readers;

    function setUp() public override {
        super.setUp();
        results = new ResultsById(ISettlementSource(address(oracle)));
        readers = new ThreeReaders(results, fixing);
    }

    function test_readers_announceTheirFixing() public {
        vm.expectCall(address(oracle), abi.encodeCall(ISettlementSource.create, (fixing)));
        assertEq(new ThreeReaders(results, fixing).ID(), FixingId.unwrap(id));
    }

    function test_readers_agreeOnAValue() public {
        _proposeAtMaturity(fixing, VALUE);
        _assertNotYet();
        vm.warp(MATURITY + FIRST_WINDOW);
        _assertAllRead(true, VALUE);
    }

    function test_readers_agreeOnInvalid() public {
        _settle(fixing, INVALID);
        _assertAllRead(false, 0);
    }

    function test_readers_waitForSomebodyToBringAFixingThatExpired() public {
        _expire();
        _assertNotYet();
        results.learn(fixing);
        _assertAllRead(false, 0);
    }

    function _assertAllRead(bool hasValue, uint256 value) private view {
        (bool has, uint256 got) = readers.byEip2362();
        assertEq(abi.encode(has, got), abi.encode(hasValue, value));
        (has, got) = readers.byReality();
        assertEq(abi.encode(has, got), abi.encode(hasValue, value));
        (has, got) = readers.byGetter();
        assertEq(abi.encode(has, got), abi.encode(hasValue, value));
    }

    function _assertNotYet() private {
        vm.expectRevert(ThreeReaders.NotYet.selector);
        readers.byEip2362();
        vm.expectRevert(ThreeReaders.NotYet.selector);
        readers.byReality();
        vm.expectRevert(ThreeReaders.NotYet.selector);
        readers.byGetter();
    }
}

/// The example of docs/adapters/conditional-tokens-reporter.md, with Gnosis's published contract.
contract ScalarMarketTest is ConsumerFixture {
    uint128 private constant LOW = 2000e18;
    uint128 private constant HIGH = 4000e18;

    IConditionalTokens private conditionalTokens;
    IConditions private conditions;
    ConditionalTokensReporter private reporter;

    function setUp() public override {
        super.setUp();
        string memory path =
            "node_modules/@gnosis.pm/conditional-tokens-contracts/build/contracts/ConditionalTokens.json";
        conditionalTokens = IConditionalTokens(deployCode(path));
        conditions = IConditions(address(conditionalTokens));
        ISettlementSource source = ISettlementSource(address(oracle));
        reporter = new ConditionalTokensReporter(source, conditionalTokens);
    }

    function test_market_opensAndIsResolvedOnce() public {
        ScalarMarket market = new ScalarMarket(reporter, fixing, LOW, HIGH);
        assertEq(conditions.getOutcomeSlotCount(market.CONDITION()), 2);
        _proposeAtMaturity(fixing, VALUE);
        vm.expectRevert(_notSettled());
        market.resolve();
        vm.warp(MATURITY + FIRST_WINDOW);
        market.resolve();
        assertEq(conditions.payoutDenominator(market.CONDITION()), HIGH - LOW);
        market.resolve();
    }

    function test_market_doesNotMindWhoPreparedBefore() public {
        reporter.prepare(fixing, LOW, HIGH);
        ScalarMarket market = new ScalarMarket(reporter, fixing, LOW, HIGH);
        assertEq(conditions.getOutcomeSlotCount(market.CONDITION()), 2);
    }

    /// Whoever opens the condition without the reporter leaves the fixing unknown to nodes.
    function test_market_announcesWhatWasOpenedUnannounced() public {
        conditionalTokens.prepareCondition(address(reporter), reporter.questionId(id, LOW, HIGH), 2);
        vm.expectCall(address(oracle), abi.encodeCall(ISettlementSource.create, (fixing)));
        ScalarMarket market = new ScalarMarket(reporter, fixing, LOW, HIGH);
        assertEq(conditions.getOutcomeSlotCount(market.CONDITION()), 2);
    }

    function test_market_doesNotMindWhoReportedBefore() public {
        ScalarMarket market = new ScalarMarket(reporter, fixing, LOW, HIGH);
        _expire();
        reporter.report(fixing, LOW, HIGH);
        market.resolve();
        assertEq(conditions.payoutDenominator(market.CONDITION()), 2);
    }
}
