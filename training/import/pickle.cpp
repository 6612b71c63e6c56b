// SPDX-License-Identifier: LGPL-2.1-or-later
#include "import/pickle.h"

#include <jpegdeblock/error.h>

#include <bit>
#include <cstdio>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

namespace jpegdeblock::training {
namespace {

// More containers than a network has; also bounds how deep they nest, and so the stack that destroying takes.
constexpr int kMostContainers = 10000;
// Of all values that are ever made, with their texts: a byte of a pickle can make a hundred, or copy a text
// of any length. A network of ten thousand tensors takes a fifth of it.
constexpr std::size_t kMostBytes = std::size_t{256} << 20;
// LibTorch's own pickle_save notes the types of containers so; the container is the first argument.
constexpr const char* kTypeTag = "torch.jit._pickle.restore_type_tag";

Error damaged(const std::string& problem) {
    return Error(ErrorCode::kInvalidFile, "damaged pickle: " + problem);
}

class Unpickler {
  public:
    explicit Unpickler(std::span<const std::uint8_t>& bytes) : bytes_(bytes) {}
    PickleValue read();

  private:
    std::span<const std::uint8_t> take(std::uint64_t count);
    template <typename T>
    T number();
    std::string text(std::uint64_t length);
    std::string line();

    void push(PickleValue value);
    /// What is made of the file must stay within kMostBytes.
    void spend(std::size_t bytes);
    /// The value is an item of a container from now on.
    void enclose(const PickleValue& value);
    void check_open(const void* container) const;
    PickleValue pop();
    PickleValue& top();
    /// Everything above the last mark, which goes.
    PickleSequence pop_to_mark();
    void push_tuple(PickleSequence items);
    void push_container(PickleValue value);

    bool execute(std::uint8_t opcode);
    void append(PickleSequence items);
    void set_items(PickleSequence items);
    void remember(std::uint32_t slot);
    void recall(std::uint32_t slot);
    void load_long();
    void load_persistent();
    void reduce();

    std::span<const std::uint8_t>& bytes_;
    std::vector<PickleValue> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint32_t, PickleValue> memo_;
    /// Containers that are items of others. Python's pickles fill a container before that, unless it is to
    /// contain itself, which a network never does and which would keep it for ever.
    std::unordered_set<const void*> enclosed_;
    int containers_ = 0;
    std::size_t bytes_spent_ = 0;
};

std::size_t size_of(const StorageReference& storage) {
    return storage.type.size() + storage.key.size();
}

std::size_t size_of(const PickleValue& value) {
    std::size_t size = sizeof value;
    if (const auto* text = value.as<std::string>()) size += text->size();
    if (const auto* global = value.as<PickleGlobal>()) size += global->name.size();
    if (const auto* storage = value.as<StorageReference>()) size += size_of(*storage);
    if (const auto* tensor = value.as<TensorReference>())
        size +=
            size_of(tensor->storage) + (tensor->shape.size() + tensor->strides.size()) * sizeof(std::int64_t);
    return size;
}

const void* container_in(const PickleValue& value) {
    if (value.sequence() != nullptr) return value.sequence();
    return value.dictionary();
}

void Unpickler::spend(std::size_t bytes) {
    if (bytes > kMostBytes - bytes_spent_) throw damaged("it is larger than a network's");
    bytes_spent_ += bytes;
}

void Unpickler::push(PickleValue value) {
    spend(size_of(value));
    stack_.push_back(std::move(value));
}

void Unpickler::remember(std::uint32_t slot) {
    spend(size_of(top()));
    memo_[slot] = top();
}

void Unpickler::enclose(const PickleValue& value) {
    if (const void* container = container_in(value)) enclosed_.insert(container);
}

void Unpickler::check_open(const void* container) const {
    if (enclosed_.contains(container)) throw damaged("it adds to what is within another container");
}

std::span<const std::uint8_t> Unpickler::take(std::uint64_t count) {
    if (count > bytes_.size()) throw damaged("it ends early");
    const auto taken = bytes_.first(static_cast<std::size_t>(count));
    bytes_ = bytes_.subspan(static_cast<std::size_t>(count));
    return taken;
}

template <typename T>
T Unpickler::number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
}

std::string Unpickler::text(std::uint64_t length) {
    const auto taken = take(length);
    return {taken.begin(), taken.end()};
}

std::string Unpickler::line() {
    std::string result;
    for (auto character = number<char>(); character != '\n'; character = number<char>()) result += character;
    return result;
}

PickleValue Unpickler::pop() {
    PickleValue value = std::move(top());
    stack_.pop_back();
    return value;
}

PickleValue& Unpickler::top() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) throw damaged("its stack is empty");
    return stack_.back();
}

PickleSequence Unpickler::pop_to_mark() {
    if (marks_.empty()) throw damaged("it has no mark where one is needed");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    PickleSequence items(std::make_move_iterator(begin), std::make_move_iterator(stack_.end()));
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
}

void Unpickler::push_container(PickleValue value) {
    if (++containers_ > kMostContainers) throw damaged("it is larger than a network's");
    enclosed_.erase(container_in(value));  // Of another that is gone.
    push(std::move(value));
}

void Unpickler::push_tuple(PickleSequence items) {
    for (const PickleValue& item : items) enclose(item);
    push_container(std::make_shared<PickleSequence>(std::move(items)));
}

void Unpickler::append(PickleSequence items) {
    auto* list = std::get_if<std::shared_ptr<PickleSequence>>(&top());
    if (list == nullptr) throw damaged("it appends to what is no list");
    for (const PickleValue& item : items) enclose(item);
    check_open(list->get());
    for (PickleValue& item : items) (*list)->push_back(std::move(item));
}

void Unpickler::set_items(PickleSequence items) {
    auto* dictionary = std::get_if<std::shared_ptr<PickleDictionary>>(&top());
    if (dictionary == nullptr || items.size() % 2 != 0)
        throw damaged("it sets items of what is no dictionary");
    for (const PickleValue& item : items) {
        spend(size_of(item));
        enclose(item);
    }
    check_open(dictionary->get());
    for (std::size_t i = 0; i < items.size(); i += 2)
        (*dictionary)->emplace_back(std::move(items[i]), std::move(items[i + 1]));
}

void Unpickler::recall(std::uint32_t slot) {
    const auto found = memo_.find(slot);
    if (found == memo_.end()) throw damaged("it refers to what it has not stored");
    push(found->second);
}

void Unpickler::load_long() {
    const auto length = number<std::uint8_t>();
    const auto digits = take(length);
    if (length > 8) {
        push({});
        return;
    }
    std::uint64_t value = length > 0 && (digits[length - 1u] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = length; i-- > 0;) value = value << 8 | digits[i];
    push(static_cast<std::int64_t>(value));
}

std::vector<std::int64_t> integers(const PickleValue& value) {
    if (value.sequence() == nullptr) throw damaged("a tensor's size is no tuple");
    std::vector<std::int64_t> result;
    for (const PickleValue& item : *value.sequence()) {
        if (item.as<std::int64_t>() == nullptr) throw damaged("a tensor's size is no integer");
        result.push_back(*item.as<std::int64_t>());
    }
    return result;
}

// PyTorch's persistent objects are storages: ('storage', type, key, device, number of elements), and in files
// of before version 1.6 a view, which is None since there are tensors.
void Unpickler::load_persistent() {
    const PickleValue id = pop();
    const PickleSequence* parts = id.sequence();
    if (parts == nullptr || parts->size() < 5 || parts->size() > 6) throw damaged("it has a foreign object");
    const auto* kind = (*parts)[0].as<std::string>();
    const auto* type = (*parts)[1].as<PickleGlobal>();
    const auto* key = (*parts)[2].as<std::string>();
    const auto* elements = (*parts)[4].as<std::int64_t>();
    if (kind == nullptr || *kind != "storage" || type == nullptr || !type->name.starts_with("torch.") ||
        key == nullptr || elements == nullptr ||
        (parts->size() == 6 && (*parts)[5].as<std::monostate>() == nullptr))
        throw damaged("it has a foreign object");
    push(StorageReference{type->name.substr(6), *key, *elements});
}

void Unpickler::reduce() {
    const PickleValue arguments = pop();
    const PickleValue callee = pop();
    const auto* function = callee.as<PickleGlobal>();
    const PickleSequence* given = arguments.sequence();
    if (function == nullptr || given == nullptr) throw damaged("it calls what is no function");
    const std::string& name = function->name;
    if (name == "collections.OrderedDict" || name == "collections.defaultdict") {
        push_container(std::make_shared<PickleDictionary>());
        // Python 2 gives the items as a list of pairs.
        if (!given->empty() && given->front().sequence() != nullptr)
            for (const PickleValue& pair : *given->front().sequence()) {
                if (pair.sequence() == nullptr) throw damaged("a dictionary's items are no pairs");
                set_items(*pair.sequence());
            }
        return;
    }
    if ((name == "torch._utils._rebuild_parameter" || name == kTypeTag) && !given->empty()) {
        push(given->front());
        return;
    }
    if ((name == "torch._utils._rebuild_tensor_v2" || name == "torch._utils._rebuild_tensor") &&
        given->size() >= 4) {
        const auto* storage = (*given)[0].as<StorageReference>();
        const auto* offset = (*given)[1].as<std::int64_t>();
        if (storage == nullptr || offset == nullptr) throw damaged("a tensor has no storage");
        push(TensorReference{*storage, *offset, integers((*given)[2]), integers((*given)[3])});
        return;
    }
    throw Error(ErrorCode::kInvalidFile, "it holds an object of '" + name +
                                             "', which is not run; save the network's state_dict() alone, "
                                             "with torch.save(network.state_dict(), path)");
}

bool Unpickler::execute(std::uint8_t opcode) {
    switch (opcode) {
        case '.':
            return false;  // STOP
        case 0x80:
            take(1);
            break;  // PROTO
        case 0x95:
            take(8);
            break;  // FRAME
        case '(':
            spend(sizeof(std::size_t));
            marks_.push_back(stack_.size());
            break;  // MARK
        case '0':
            pop();
            break;  // POP
        case 'N':
            push({});
            break;  // NONE
        case 0x88:
            push(true);
            break;  // NEWTRUE
        case 0x89:
            push(false);
            break;  // NEWFALSE
        case 'J':
            push(std::int64_t{number<std::int32_t>()});
            break;  // BININT
        case 'K':
            push(std::int64_t{number<std::uint8_t>()});
            break;  // BININT1
        case 'M':
            push(std::int64_t{number<std::uint16_t>()});
            break;  // BININT2
        case 0x8a:
            load_long();
            break;  // LONG1
        case 'G':
            push(std::bit_cast<double>(__builtin_bswap64(number<std::uint64_t>())));
            break;  // BINFLOAT
        case 'X':   // BINUNICODE
        case 'T':
            push(text(number<std::uint32_t>()));
            break;  // BINSTRING
        case 0x8c:  // SHORT_BINUNICODE
        case 'U':
            push(text(number<std::uint8_t>()));
            break;  // SHORT_BINSTRING
        case '}':
            push_container(std::make_shared<PickleDictionary>());
            break;  // EMPTY_DICT
        case ']':
            push_tuple({});
            break;  // EMPTY_LIST
        case ')':
            push_tuple({});
            break;  // EMPTY_TUPLE
        case 't':
            push_tuple(pop_to_mark());
            break;  // TUPLE
        case 0x85:
        case 0x86:
        case 0x87: {  // TUPLE1, TUPLE2, TUPLE3
            PickleSequence items(opcode - 0x84u);
            for (std::size_t i = items.size(); i-- > 0;) items[i] = pop();
            push_tuple(std::move(items));
            break;
        }
        case 'a': {
            PickleValue item = pop();
            append({item});
            break;
        }  // APPEND
        case 'e':
            append(pop_to_mark());
            break;   // APPENDS
        case 's': {  // SETITEM
            PickleValue value = pop(), key = pop();
            set_items({key, value});
            break;
        }
        case 'u':
            set_items(pop_to_mark());
            break;  // SETITEMS
        case 'q':
            remember(number<std::uint8_t>());
            break;  // BINPUT
        case 'r':
            remember(number<std::uint32_t>());
            break;  // LONG_BINPUT
        case 0x94:
            remember(static_cast<std::uint32_t>(memo_.size()));
            break;  // MEMOIZE
        case 'h':
            recall(number<std::uint8_t>());
            break;  // BINGET
        case 'j':
            recall(number<std::uint32_t>());
            break;   // LONG_BINGET
        case 'c': {  // GLOBAL
            const std::string module = line(), name = line();
            push(PickleGlobal{module + "." + name});
            break;
        }
        case 0x93: {  // STACK_GLOBAL
            const PickleValue name = pop(), module = pop();
            if (name.as<std::string>() == nullptr || module.as<std::string>() == nullptr)
                throw damaged("a name is no text");
            push(PickleGlobal{*module.as<std::string>() + "." + *name.as<std::string>()});
            break;
        }
        case 'Q':
            load_persistent();
            break;  // BINPERSID
        case 0x81:  // NEWOBJ
        case 'R':
            reduce();
            break;   // REDUCE
        case 'b': {  // BUILD
            // Attributes of a state_dict tell versions of modules, which nothing here needs.
            pop();
            if (top().dictionary() == nullptr) throw damaged("it sets attributes of what is no dictionary");
            break;
        }
        default: {
            char text[64];
            std::snprintf(text, sizeof text, "unknown opcode 0x%02x", static_cast<unsigned>(opcode));
            throw damaged(text);
        }
    }
    return true;
}

PickleValue Unpickler::read() {
    while (execute(number<std::uint8_t>())) {
    }
    return pop();
}

}  // namespace

PickleValue read_pickle(std::span<const std::uint8_t>& bytes) {
    return Unpickler(bytes).read();
}

}  // namespace jpegdeblock::training
