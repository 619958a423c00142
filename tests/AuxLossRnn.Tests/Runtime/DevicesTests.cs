using AuxLossRnn.Runtime;
using TorchSharp;

namespace AuxLossRnn.Tests.Runtime;

public sealed class DevicesTests
{
    [Fact]
    public void The_processor_is_always_there() => Assert.Equal(DeviceType.CPU, Devices.Choose("cpu").type);

    [Fact]
    public void The_backend_is_the_one_that_was_built() =>
        Assert.Contains(Devices.Backend, new[] { "cpu", "cuda-linux", "cuda-windows" });

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CPU")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:one")]
    [InlineData("cuda:99999999999")]
    public void An_unknown_name_is_refused_with_the_known_ones(string name)
    {
        var failure = Assert.Throws<UserException>(() => Devices.Choose(name));

        Assert.Contains($"'{name}'", failure.Message);
        Assert.Contains("cpu, cuda or cuda:N", failure.Message);
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    public void Cuda_on_a_build_without_it_is_refused_with_the_property_that_gives_it(string name)
    {
        Assert.SkipUnless(Devices.Backend == "cpu", "this is a build with CUDA");
        var failure = Assert.Throws<UserException>(() => Devices.Choose(name));

        Assert.Contains($"'{name}'", failure.Message);
        Assert.Contains("backend 'cpu'", failure.Message);
        Assert.Contains("-p:TorchBackend=cuda-linux", failure.Message);
    }
}
