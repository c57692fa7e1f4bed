#include "src/lease/infisical/lease_list.hpp"

#include "src/lease/infisical/wire/requests.hpp"

namespace leasehold::lease::infisical {

Result<void> for_each_lease(SiteClient& client, const InfisicalSettings& settings,
                            std::string_view action,
                            const std::function<void(const LeaseRecord&)>& visit,
                            Deadline deadline) {
    LEASEHOLD_TRY_ASSIGN(const Answer answer, client.ask(list_leases_request(settings), action,
                                                         Repeat::reads, deadline));
    LEASEHOLD_TRY_ASSIGN(const auto records, read_leases_answer(answer.response));
    for (const LeaseRecord& record : records)
        visit(record);
    return {};
}

} // namespace leasehold::lease::infisical
