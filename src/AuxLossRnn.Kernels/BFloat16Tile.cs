using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AuxLossRnn.Kernels;

/// <summary>The tile with operands rounded to bfloat16, two to a word, and sums in float32.</summary>
/// <remarks>
/// .NET has no name for the processor's <c>vdpbf16ps</c>, which multiplies pairs of bfloat16 and adds them up in float32, so the
/// 60 instructions of the tile are written here by their codes. They are those that <see cref="Tile{T}"/> compiles to.
/// </remarks>
internal readonly unsafe partial struct BFloat16Tile : ITile<float>
{
    private const int ReadWrite = 1 | 2, ReadExecute = 1 | 4, PrivateAnonymous = 0x22;

    // c, a, aRow, aWord, a's step from the end of a block to the next, b, k, blocks; strides in bytes.
    private static readonly delegate* unmanaged[SuppressGCTransition]<float*, float*, nint, nint, nint, float*, nint, nint, void> Code =
        IsSupported ? Assemble() : null;

    /// <summary>Why this machine cannot use it; null where it can.</summary>
    public static string? Obstacle =>
        !OperatingSystem.IsLinux() ? "its kernel is written for Linux"
        : !X86Base.IsSupported || !Avx512F.IsSupported ? "the processor has no AVX-512, or a switch such as DOTNET_EnableAVX512=0 leaves it unused"
        : (X86Base.CpuId(7, 0).Eax < 1 || (X86Base.CpuId(7, 1).Eax >> 5 & 1) == 0) ? "the processor has no AVX-512 BF16 instructions"
        : null;

    /// <summary>Whether this machine can use it.</summary>
    public static bool IsSupported => Obstacle is null;

    /// <inheritdoc/>
    public static int Pack => 2;

    /// <inheritdoc/>
    public static int RowUnit => Tile<float>.Rows;

    /// <inheritdoc/>
    public static float Word(float* elements) =>
        BitConverter.UInt32BitsToSingle(Rounded(elements[0]) >> 16 | Rounded(elements[1]) & 0xFFFF0000);

    /// <inheritdoc/>
    public static void PackColumns(float* words, float* elements, long count)
    {
        ushort* to = (ushort*)words;
        for (long i = 0; i < count; i += 32)
        {
            Vector512<uint> low = Rounded(Vector512.Load(elements + i)) >>> 16;
            Vector512<uint> high = Rounded(Vector512.Load(elements + i + 16)) >>> 16;
            Vector512.Narrow(low, high).Store(to + i);
        }
    }

    /// <inheritdoc/>
    public static void PackRows(float* words, float* elements, long rows, long columns)
    {
        for (long row = 0; row < rows; row += 2, elements += 2 * columns)
        {
            for (long j = 0; j < columns; j += 16, words += 16)
            {
                Vector512<uint> low = Rounded(Vector512.Load(elements + j)) >>> 16;
                Vector512<uint> high = Rounded(Vector512.Load(elements + columns + j)) & Vector512.Create(0xFFFF0000);
                (low | high).AsSingle().Store(words);
            }
        }
    }

    /// <inheritdoc/>
    public static void MultiplyAdd(float* c, float* a, nint aRow, nint aWord, nint aBlock, float* b, nint k, nint blocks, int rows = Tile<float>.Rows) =>
        Code(c, a, aRow * sizeof(float), aWord * sizeof(float), (aBlock - k * aWord) * sizeof(float), b, k, blocks);

    // To the nearest, ties to even: half a unit in the last place kept is added, less one bit where that place is even.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rounded(Vector512<float> x)
    {
        Vector512<uint> bits = x.AsUInt32();
        return bits + Vector512.Create(0x7FFFu) + (bits >>> 16 & Vector512<uint>.One);
    }

    private static uint Rounded(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return bits + 0x7FFF + (bits >> 16 & 1);
    }

    private static delegate* unmanaged[SuppressGCTransition]<float*, float*, nint, nint, nint, float*, nint, nint, void> Assemble()
    {
        // By the System V convention: rdi = c, rsi = a, rdx = aRow, rcx = aWord, r8 = step to the next block, r9 = b, and on the
        // stack k and blocks. zmm0–23 are the sums, zmm24–27 the columns, zmm28 the broadcast word.
        const int a = 6, c = 7, b = 9, a3 = 11, broadcast = 28, columns = 24, sums = 24;
        var code = new List<byte>();
        Emit(0x4C, 0x8B, 0x54, 0x24, 0x10);                     // mov r10, [rsp + 16]: blocks
        for (int i = 0; i < sums; i++)
        {
            Vector(0x10, 1, 0, i, 0, c, i);                     // vmovups zmm_i, [c + 64 i]
        }

        int block = code.Count;
        Emit(0x48, 0x8B, 0x44, 0x24, 0x08);                     // mov rax, [rsp + 8]: k
        Emit(0x4C, 0x8D, 0x1C, 0x52, 0x49, 0x01, 0xF3);         // lea r11, [rdx + 2 rdx]; add r11, rsi: the fourth row
        int word = code.Count;
        for (int j = 0; j < 4; j++)
        {
            Vector(0x10, 1, 0, columns + j, 0, b, j);           // vmovups zmm24+j, [b + 64 j]
        }

        for (int row = 0; row < Tile<float>.Rows; row++)
        {
            Vector(0x58, 2, 1, broadcast, 0, row < 3 ? a : a3, 0, row % 3); // vpbroadcastd zmm28, [row]
            for (int j = 0; j < 4; j++)
            {
                Multiply(4 * row + j, broadcast, columns + j);  // vdpbf16ps zmm_4row+j, zmm28, zmm24+j
            }
        }

        Emit(0x48, 0x01, 0xCE, 0x49, 0x01, 0xCB);               // add rsi, rcx; add r11, rcx
        Emit(0x49, 0x81, 0xC1, 0x00, 0x01, 0x00, 0x00);         // add r9, 256
        Emit(0x48, 0xFF, 0xC8);                                 // dec rax
        JumpUnlessZero(word);
        Emit(0x4C, 0x01, 0xC6, 0x49, 0xFF, 0xCA);               // add rsi, r8; dec r10
        JumpUnlessZero(block);
        for (int i = 0; i < sums; i++)
        {
            Vector(0x11, 1, 0, i, 0, c, i);                     // vmovups [c + 64 i], zmm_i
        }

        Emit(0xC5, 0xF8, 0x77, 0xC3);                           // vzeroupper; ret
        return (delegate* unmanaged[SuppressGCTransition]<float*, float*, nint, nint, nint, float*, nint, nint, void>)Executable(code);

        void Emit(params ReadOnlySpan<byte> bytes) => code.AddRange(bytes);

        // An AVX-512 instruction begins with 0x62 and three bytes that hold, some inverted, the upper bits of its registers.
        void Prefix(int map, int kind, int register, int second, int third, int index) => Emit(
            0x62,
            (byte)((~register >> 3 & 1) << 7 | (~index >> 3 & 1) << 6 | (~third >> 3 & 1) << 5 | (~register >> 4 & 1) << 4 | map),
            (byte)((~second & 15) << 3 | 4 | kind),
            (byte)(2 << 5 | (~second >> 4 & 1) << 3));

        // With memory: a base, 64 displacement bytes at a time, or rdx times 1 or 2.
        void Vector(byte operation, int map, int kind, int register, int second, int memory, int displacement, int rows = 0)
        {
            Prefix(map, kind, register, second, memory, 0);
            Emit(operation);
            int low = (register & 7) << 3;
            if (rows > 0)
            {
                Emit((byte)(low | 4), (byte)((rows - 1) << 6 | 2 << 3 | memory & 7));
            }
            else
            {
                Emit((byte)(0x40 | low | memory & 7), (byte)displacement);
            }
        }

        void Multiply(int sum, int left, int right)
        {
            Prefix(2, 2, sum, left, right, right >> 1);
            Emit(0x52, (byte)(0xC0 | (sum & 7) << 3 | right & 7));
        }

        void JumpUnlessZero(int target)
        {
            Emit(0x0F, 0x85);
            code.AddRange(BitConverter.GetBytes(target - (code.Count + 4)));
        }
    }

    private static nint Executable(List<byte> code)
    {
        nint page = Map(0, Environment.SystemPageSize, ReadWrite, PrivateAnonymous, -1, 0);
        CollectionsMarshal.AsSpan(code).CopyTo(new Span<byte>((void*)page, Environment.SystemPageSize));
        return Protect(page, Environment.SystemPageSize, ReadExecute) == 0
            ? page
            : throw new InvalidOperationException("The system allows no memory that holds instructions; use float32.");
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);
}
