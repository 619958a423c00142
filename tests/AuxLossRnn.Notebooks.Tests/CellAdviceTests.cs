using AuxLossRnn.Notebooks.Session;

namespace AuxLossRnn.Notebooks.Tests;

public sealed class CellAdviceTests
{
    private const string Refusal = "libtorch cannot be used: libc10.so could not be loaded. Build again.";

    [Fact]
    public void TorchSharps_word_of_a_missing_reference_is_followed_by_what_did_not_load()
    {
        var said = new TypeInitializationException(
            "TorchSharp.torch", new NotSupportedException("This application or script uses TorchSharp but doesn't contain a reference to libtorch-cpu-linux-x64"));

        Assert.Equal($"{Refusal} Then restart the kernel.", CellAdvice.Of(said, () => Refusal));
        Assert.Null(CellAdvice.Of(said, () => null));
        Assert.Null(CellAdvice.Of(new InvalidOperationException("It is empty."), () => Refusal));
    }
}
