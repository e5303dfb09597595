#pragma once

namespace edgekeep::cli::line {

// Opens what is missing of standard input, output and error, so that no file or socket takes its place. Printing there
// fails as it would have; programs that this one becomes do not inherit it.
void OccupyStandardStreams() noexcept;

}  // namespace edgekeep::cli::line
