using static TorchSharp.torch;

namespace AuxLossRnn.Kernels;

/// <summary>Where a tensor's numbers are.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first number of a contiguous tensor on the CPU; valid as long as the tensor is.</summary>
    /// <param name="tensor">The tensor.</param>
    public static T* Of<T>(Tensor tensor)
        where T : unmanaged
    {
        if (!tensor.is_contiguous() || tensor.device_type != TorchSharp.DeviceType.CPU || tensor.element_size() != sizeof(T))
        {
            throw new ArgumentException("The kernel reads contiguous tensors of one type on the CPU.", nameof(tensor));
        }

        if (tensor.numel() <= int.MaxValue / sizeof(T))
        {
            return Address<T>(tensor);
        }

        // A tensor of more than 2 GiB has no span: a view of one number. Views cost ten times the address alone, so others do without.
        using Tensor first = tensor.detach().view(-1).narrow(0, 0, 1); // [1]
        return Address<T>(first);
    }

    private static T* Address<T>(Tensor tensor)
        where T : unmanaged
    {
        fixed (byte* address = tensor.bytes)
        {
            return (T*)address;
        }
    }
}
