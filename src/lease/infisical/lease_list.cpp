#include "src/lease/infisical/lease_list.hpp"

#include "src/base/json_elements.hpp"
#include "src/http/json_body.hpp"
#include "src/lease/infisical/wire/requests.hpp"

namespace leasehold::lease::infisical {
namespace {

constexpr std::string_view what = "the list of leases";

class ElementSink final : public http::BodySink {
public:
    explicit ElementSink(JsonElements& elements) : elements_(elements) {}
    void take(std::string_view piece) override { elements_.take(piece); }

private:
    JsonElements& elements_;
};

} // namespace

Result<void> for_each_lease(SiteClient& client, const InfisicalSettings& settings,
                            std::string_view action,
                            const std::function<void(const LeaseRecord&)>& visit,
                            Deadline deadline) {
    std::optional<Error> unusable;
    const auto read = [&](const boost::json::value& element) -> Result<void> {
        auto record = read_lease_record(element, what);
        if (!record)
            return *(unusable = std::move(record).error());
        visit(*record);
        return {};
    };
    JsonElements elements("leases", read);
    ElementSink sink(elements);
    http::Request request = list_leases_request(settings);
    request.sink = &sink;
    LEASEHOLD_TRY_ASSIGN(const Answer answer,
                         client.ask(std::move(request), action, Repeat::reads, deadline));
    const auto finished = elements.finish();
    if (const auto type = http::check_json_type(answer.response); !type)
        return unusable_answer(what, type.error().message);
    if (unusable)
        return *std::move(unusable);
    if (!finished)
        return unusable_answer(what, finished.error().message);
    return {};
}

} // namespace leasehold::lease::infisical
