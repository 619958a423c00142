using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Tests.Runtime;

[Trait("Category", "Slow")]
public sealed class OpenMpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OpenMpTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "libgomp is what libtorch uses on Linux");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_spin_is_shortened_where_native_code_sees_it()
    {
        Probe probe = Probe.Ask(_folder);

        Assert.Equal(OpenMp.DefaultSpinCount, probe.NativeSpinCount);
        Assert.Equal("GOMP_SPINCOUNT=1000 (set by the kit)", probe.Waiting);
    }

    [Theory]
    [InlineData("GOMP_SPINCOUNT", "77", "77")]
    [InlineData("OMP_WAIT_POLICY", "passive", null)]
    public void What_the_user_has_set_wins(string name, string value, string? spinCount)
    {
        Probe probe = Probe.Ask(_folder, (name, value));

        Assert.Equal(spinCount, probe.NativeSpinCount);
        Assert.Equal($"{name}={value} (set by the user)", probe.Waiting);
    }
}
