// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// What an oracle of this kind cannot cost less than: each function does the writes that its step is for, moves the token
/// and emits one event. It checks nothing, computes nothing, stores nothing beside, and takes an id instead of the
/// parameters behind it. Nobody could use it; `npm run bench:gas` sets the oracle's figures beside it.
contract MinimumOracle {
    IERC20 private immutable TOKEN;

    /// What is said of a fixing in one slot: the proposal, its bond, the deadline.
    mapping(bytes32 id => uint256) private _heads;
    /// A second slot: another candidate, or when arbitration began, or the ruling.
    mapping(bytes32 id => uint256) private _seconds;
    /// A third slot, where a fixing needs one.
    mapping(bytes32 id => uint256) private _thirds;
    /// What a pot holds that is not full, or a reward pot.
    mapping(bytes32 id => uint256) private _pots;
    /// Who holds what of which receipt: what makes a stake tradeable.
    mapping(bytes32 receipt => mapping(address holder => uint256)) private _receipts;

    event Created(bytes32 indexed id, uint256[14] fixing);
    event Done(bytes32 indexed id, address indexed by, uint256 value, uint256 amount);

    constructor(IERC20 token) {
        TOKEN = token;
    }

    /// The struct in the event, no write.
    function create(uint256[14] calldata fixing) external {
        emit Created(bytes32(fixing[0]), fixing);
    }

    /// The head, a receipt: a proposal, and every later leader that has led before.
    function lead(bytes32 id, uint256 head, uint256 amount) external {
        _heads[id] = head;
        _stake(id, head, amount);
    }

    /// The head, a receipt and a slot of its own: a new candidate, or an arbitration with the value that was appealed.
    function leadNew(bytes32 id, uint256 head, uint256 amount) external {
        _heads[id] = head;
        _seconds[id] = head;
        _stake(id, head, amount);
    }

    /// A pot and a receipt.
    function join(bytes32 id, uint256 value, uint256 amount) external {
        _pots[id] += amount;
        _stake(id, value, amount);
    }

    /// As `leadNew`, and nothing is left in the pot.
    function complete(bytes32 id, uint256 head, uint256 amount) external {
        delete _pots[id];
        _heads[id] = head;
        _seconds[id] = head;
        _stake(id, head, amount);
    }

    /// When arbitration began, a receipt.
    function request(bytes32 id, uint256 since, uint256 amount) external {
        _seconds[id] = since;
        _stake(id, since, amount);
    }

    /// A ruling; the fee is paid out.
    function rule(bytes32 id, uint256 ruling, uint256 amount) external {
        _thirds[id] = ruling;
        _pay(id, ruling, amount, msg.sender);
    }

    /// A burned receipt; its worth is paid out.
    function claim(bytes32 id, uint256 value, uint256 amount) external {
        delete _receipts[id][msg.sender];
        _pay(id, value, amount, msg.sender);
    }

    /// A burned receipt that is worth nothing.
    function lose(bytes32 id, uint256 value) external {
        delete _receipts[id][msg.sender];
        emit Done(id, msg.sender, value, 0);
    }

    /// That it happened, in a slot that is in use; the sink is paid.
    function collect(bytes32 id, uint256 amount, address sink) external {
        _heads[id] = 1;
        _pay(id, 1, amount, sink);
    }

    /// One slot.
    function settlementOf(bytes32 id) external view returns (uint256) {
        return _heads[id];
    }

    function _stake(bytes32 id, uint256 value, uint256 amount) private {
        _receipts[id][msg.sender] += amount;
        emit Done(id, msg.sender, value, amount);
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    function _pay(bytes32 id, uint256 value, uint256 amount, address to) private {
        emit Done(id, msg.sender, value, amount);
        TOKEN.transfer(to, amount);
    }
}
