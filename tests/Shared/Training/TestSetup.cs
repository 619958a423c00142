using System.Runtime.CompilerServices;
using AuxLossRnn.Runtime.Native;

namespace AuxLossRnn.Tests;

internal static class TestSetup
{
    /// <summary>One libtorch thread: results are then the same on every machine, bit for bit.</summary>
    [ModuleInitializer]
    internal static void Initialize()
    {
        NativeLibraries.Load();
        TorchSharp.torch.set_num_threads(1);
    }
}
