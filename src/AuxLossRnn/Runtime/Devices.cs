using System.Globalization;
using System.Reflection;
using TorchSharp;

namespace AuxLossRnn.Runtime;

/// <summary>Where tensors live: the processor's memory or a CUDA device's.</summary>
public static class Devices
{
    /// <summary>The torch backend this assembly was built with: cpu, cuda-windows or cuda-linux.</summary>
    public static string Backend { get; } = typeof(Devices).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "TorchBackend").Value!;

    /// <summary>How many CUDA devices libtorch finds; 0 for a build without CUDA.</summary>
    /// <remarks>A build without CUDA is not asked: TorchSharp would search the disk for the missing libraries.</remarks>
    public static int CudaCount => Backend.StartsWith("cuda", StringComparison.Ordinal) && torch.cuda.is_available()
        ? torch.cuda.device_count()
        : 0;

    /// <summary>Opens a device by its name.</summary>
    /// <param name="name">cpu, cuda (the first CUDA device) or cuda:N.</param>
    /// <returns>The device.</returns>
    /// <exception cref="UserException">There is no device of that name; the message says why and what to do.</exception>
    public static torch.Device Choose(string name)
    {
        if (name == "cpu")
        {
            return torch.CPU;
        }

        int index = CudaIndex(name);
        return index < RequireCuda(name) ? torch.device(DeviceType.CUDA, index) : throw new UserException(
            $"The device '{name}' does not exist: libtorch finds {CudaCount} CUDA device(s), counted from cuda:0.");
    }

    /// <summary>Copies whole numbers to a device; to a CUDA device without waiting for it.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="device">Where to.</param>
    /// <returns>int64 <c>[n]</c>.</returns>
    public static torch.Tensor Copy(long[] values, torch.Device device)
    {
        using torch.Tensor here = torch.tensor(values); // [n]
        return Copy(here, device); // [n]
    }

    /// <summary>Copies a tensor to a device; from the processor's memory to a CUDA device without waiting for it.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="device">Where to.</param>
    /// <returns>A copy of the tensor's shape; where it is on the device already, another handle of the same numbers.</returns>
    public static torch.Tensor Copy(torch.Tensor tensor, torch.Device device)
    {
        if (device.type != DeviceType.CUDA || tensor.device_type != DeviceType.CPU)
        {
            return tensor.to(device);
        }

        // The device reads on after this returns: libtorch keeps pinned memory until then. What is pinned is not copied again.
        using torch.Tensor pinned = tensor.pin_memory();
        return pinned.to(device, non_blocking: true);
    }

    private static int CudaIndex(string name)
    {
        if (name == "cuda")
        {
            return 0;
        }

        return name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? index
            : throw new UserException($"The device '{name}' is unknown. Choose cpu, cuda or cuda:N, N counting from 0.");
    }

    private static int RequireCuda(string name)
    {
        int count = CudaCount;
        if (count > 0)
        {
            return count;
        }

        throw new UserException(Backend == "cpu"
            ? $"The device '{name}' needs CUDA, and this build has the backend '{Backend}'. Choose the device cpu, or "
                + $"build again with {CudaBuildAdvice}."
            : $"The device '{name}' is not there: this build has the backend '{Backend}', but libtorch finds no CUDA "
                + "device. See whether `nvidia-smi` lists one and whether the driver is new enough for CUDA 12.8, or "
                + "choose the device cpu.");
    }

    /// <summary>The MSBuild property that chooses a backend with CUDA, for messages.</summary>
    public static string CudaBuildAdvice =>
        "-p:TorchBackend=cuda-linux (on Linux) or -p:TorchBackend=cuda-windows (on Windows)";
}
