using AuxLossRnn.Kernels;
using AuxLossRnn.Tests.Runtime;

namespace AuxLossRnn.Tests.Kernels;

public sealed class InstructionsTests
{
    [Fact]
    public void The_kernels_use_the_instructions_that_the_process_was_started_for()
    {
        string own = Lanes.Instructions ?? "none";

        Assert.Equal(Environment.GetEnvironmentVariable(LowerInstructionsTests.Variable) ?? own, own);
    }
}
