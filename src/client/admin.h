// Asking the keep what administrators ask.
#pragma once
#include "client.h"
#include "edgekeep/client/admin.h"
#include "edgekeep/gate/admin.h"
#include "edgekeep/gate/statistics.h"

namespace edgekeep::client {

// One question over the administrator's socket.
Answer<Reply> AskAdmin(const ek_client& client, const Question& question);

Answer<gate::InitialiseAnswer> Initialise(const ek_client& client, ByteView trust);

// The device request's bytes, borrowed from the reply.
struct DeviceRequest {
  Reply reply;
  ByteView bytes;
};

// `command`: kShowRequest, or kShowOwnership.
Answer<DeviceRequest> ShowRequest(const ek_client& client, gate::Command command);
// As ShowRequest; a station's message in, the device's out.
Answer<DeviceRequest> Provision(const ek_client& client, ByteView message);
Outcome ForgetIdentity(const ek_client& client);
Answer<gate::InstallAnswer> Install(const ek_client& client, const ek_install_files& files);
Answer<gate::StatusAnswer> AskStatus(const ek_client& client);
Answer<gate::StatisticsAnswer> AskStatistics(const ek_client& client);

}  // namespace edgekeep::client
