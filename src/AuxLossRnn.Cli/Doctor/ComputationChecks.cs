using AuxLossRnn.Runtime;
using AuxLossRnn.Runtime.Native;
using TorchSharp;

namespace AuxLossRnn.Cli.Doctor;

/// <summary>The part of a <see cref="SystemReport"/> that computes a little, to see that it can.</summary>
internal static class ComputationChecks
{
    private const string Group = "Computation";

    internal static IEnumerable<SystemCheck> All(NativeLoadReport report)
    {
        yield return Waiting();
        if (report.Failure is not null)
        {
            // TorchSharp would copy half a gigabyte about in search of the libraries, and fail.
            yield return new SystemCheck(Group, "libtorch", "not tried", CheckState.Wrong,
                "The native libraries are not loaded; put that right first.");
            yield break;
        }

        yield return Try("libtorch", () => Version.Parse(torch.__version__).ToString(3));
        yield return Try("threads", () => $"{TorchThreads.Count} of {TorchThreads.Available} processors");
        yield return Try("matrix product", MatrixProduct);
        yield return Try("LSTM step", LstmStep);
        yield return KernelCheck.For(Group);
        yield return Cuda();
    }

    private static SystemCheck Waiting() => OpenMp.Waiting.Contains("(set by the user)")
        ? new SystemCheck(Group, "thread waiting", OpenMp.Waiting, CheckState.Note,
            $"The kit's own choice is GOMP_SPINCOUNT={OpenMp.DefaultSpinCount}: as fast as long spinning on an idle "
            + "machine, and far faster beside another busy process. Unset the variable to get it.")
        : new SystemCheck(Group, "thread waiting", OpenMp.Waiting);

    private static string MatrixProduct()
    {
        using var ones = torch.ones(64, 64);
        using var product = torch.mm(ones, ones); // [64, 64]
        using var sum = product.sum();
        return Compare(64 * 64 * 64, sum.item<float>());
    }

    /// <summary>One step of an LSTM of one unit, forward and backward, against the same step computed here.</summary>
    private static string LstmStep()
    {
        using var scope = torch.NewDisposeScope();
        using var lstm = torch.nn.LSTM(1, 1);
        using (torch.no_grad())
        {
            foreach (var parameter in lstm.parameters())
            {
                parameter.fill_(0.5);
            }
        }

        var (output, _, _) = lstm.call(torch.ones(1, 1, 1)); // [1, 1, 1]
        output.sum().backward();

        // i = f = o = σ(W x + b + b'), g = tanh(W x + b + b'), c = i g, h = o tanh(c)
        double gate = 1 / (1 + Math.Exp(-1.5));
        double cell = gate * Math.Tanh(1.5);
        bool hasGradients = lstm.parameters().All(parameter => parameter.grad is not null);
        return hasGradients
            ? Compare(gate * Math.Tanh(cell), output.item<float>()) + ", forward and backward"
            : throw new ArithmeticException("the backward pass gave no gradient");
    }

    private static string Compare(double expected, double found) => Math.Abs(found - expected) <= 1e-5 * Math.Abs(expected)
        ? "right"
        : throw new ArithmeticException($"expected {expected}, found {found}");

    private static SystemCheck Cuda()
    {
        if (Devices.Backend == "cpu")
        {
            return new SystemCheck(Group, "CUDA", "not in this build", CheckState.Note,
                $"To compute on an NVIDIA card, build with {Devices.CudaBuildAdvice}.");
        }

        SystemCheck check = Try("CUDA", () => $"{Devices.CudaCount} device(s)");
        return check.State == CheckState.Ok && Devices.CudaCount == 0
            ? check with
            {
                State = CheckState.Note,
                Advice = "This build can use a CUDA device and finds none: everything runs on the processor. See whether "
                    + "`nvidia-smi` lists a card and whether its driver is new enough for CUDA 12.8.",
            }
            : check;
    }

    /// <summary>A line that is wrong if finding its value throws, whatever it throws: that is what it is for.</summary>
    internal static SystemCheck Try(string name, Func<string> value)
    {
        try
        {
            return new SystemCheck(Group, name, value());
        }
        catch (Exception failure)
        {
            // TorchSharp's static constructor wraps its reason, and adds a trace of many lines to it.
            string reason = failure.GetBaseException().Message.Split('\n')[0].Trim();
            return new SystemCheck(Group, name, reason, CheckState.Wrong,
                "libtorch does not compute as it should. Delete the bin and obj folders, restore and build "
                + "again; if it stays so, report it with this whole output.");
        }
    }
}
