using System.Runtime.InteropServices;

namespace AuxLossRnn.Kernels;

/// <summary>Memory outside the managed heap, kept for the next user: fresh pages cost as much as the mathematics.</summary>
/// <typeparam name="T">The element type.</typeparam>
internal sealed unsafe class KernelBuffer<T> : IDisposable
    where T : unmanaged
{
    private KernelMemory.Block _block;

    private KernelBuffer(KernelMemory.Block block) => _block = block;

    ~KernelBuffer() => Release();

    /// <summary>The first element, on a cache line of its own.</summary>
    public T* Pointer => (T*)_block.Address;

    /// <summary>A buffer with whatever it last held.</summary>
    /// <param name="count">The number of elements; a tile may read a little past them.</param>
    public static KernelBuffer<T> Rent(long count) => new(KernelMemory.Rent((count + 16) * sizeof(T)));

    /// <summary>A buffer of zeros.</summary>
    /// <param name="count">The number of elements.</param>
    public static KernelBuffer<T> Zeros(long count)
    {
        KernelBuffer<T> buffer = Rent(count);
        NativeMemory.Clear(buffer.Pointer, (nuint)((count + 16) * sizeof(T)));
        return buffer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_block.Address != 0)
        {
            KernelMemory.Return(_block);
            _block = default;
        }
    }
}

/// <summary>The memory that buffers come from and go back to.</summary>
internal static unsafe partial class KernelMemory
{
    // Large pages on Linux: 2 MiB each; smaller blocks are left to the heap.
    private const long LargePage = 2 << 20;
    private const int AdviseLargePages = 14;

    private static readonly Lock Guard = new();
    private static readonly List<Block> Free = [];
    private static long _used, _mostUsed, _free;

    /// <summary>The bytes in use, those kept for the next user, and the most that were ever in use at once.</summary>
    internal static (long Used, long Kept, long MostUsed) Bytes
    {
        get
        {
            lock (Guard)
            {
                return (_used, _free, _mostUsed);
            }
        }
    }

    /// <summary>A piece of memory.</summary>
    /// <param name="Address">Where it is.</param>
    /// <param name="Bytes">Its size.</param>
    public readonly record struct Block(nint Address, long Bytes);

    /// <summary>A block of at least some bytes, and of at most twice as many.</summary>
    /// <param name="bytes">The bytes needed.</param>
    public static Block Rent(long bytes)
    {
        lock (Guard)
        {
            int best = -1;
            for (int i = 0; i < Free.Count; i++)
            {
                if (Free[i].Bytes >= bytes && Free[i].Bytes <= 2 * bytes && (best < 0 || Free[i].Bytes < Free[best].Bytes))
                {
                    best = i;
                }
            }

            Block block = best >= 0 ? Free[best] : Allocate(bytes);
            if (best >= 0)
            {
                Free.RemoveAt(best);
                _free -= block.Bytes;
            }

            _used += block.Bytes;
            _mostUsed = Math.Max(_mostUsed, _used);
            return block;
        }
    }

    /// <summary>Takes a block back. No more is kept than was ever in use at once: the oldest goes first.</summary>
    /// <param name="block">The block.</param>
    public static void Return(Block block)
    {
        lock (Guard)
        {
            _used -= block.Bytes;
            _free += block.Bytes;
            Free.Add(block);
            while (_used + _free > _mostUsed)
            {
                _free -= Free[0].Bytes;
                NativeMemory.AlignedFree((void*)Free[0].Address);
                Free.RemoveAt(0);
            }
        }
    }

    private static Block Allocate(long bytes)
    {
        long unit = bytes < LargePage ? 4096 : LargePage;
        long size = (bytes + unit - 1) / unit * unit;
        nint address = (nint)NativeMemory.AlignedAlloc((nuint)size, (nuint)unit);
        if (unit == LargePage && OperatingSystem.IsLinux())
        {
            // A hint: where it is not taken, pages are small and nothing else changes.
            _ = Advise(address, (nint)size, AdviseLargePages);
        }

        return new Block(address, size);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
}
