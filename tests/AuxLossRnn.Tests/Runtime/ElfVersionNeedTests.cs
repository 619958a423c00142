using System.Buffers.Binary;
using AuxLossRnn.Runtime.Native;
using CsCheck;

namespace AuxLossRnn.Tests.Runtime;

public sealed class ElfVersionNeedTests
{
    // Comes with TorchSharp's package on every platform.
    private static readonly string RealLibrary =
        Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    [Fact]
    public void In_a_small_image_every_need_of_the_version_is_marked_and_nothing_else()
    {
        byte[] image = SmallElfImage.Make();

        Assert.Equal(2, ElfVersionNeed.MarkWeak(image, "V2"));

        Assert.Equal(
            [SmallElfImage.FlagsOfV2InLibA, SmallElfImage.FlagsOfV2InLibB], Differences(SmallElfImage.Make(), image));
        Assert.Equal(2, image[SmallElfImage.FlagsOfV2InLibA]);
    }

    [Fact]
    public void In_the_real_library_only_the_flags_of_that_need_change()
    {
        byte[] original = File.ReadAllBytes(RealLibrary);
        byte[] image = [.. original];

        Assert.Equal(1, ElfVersionNeed.MarkWeak(image, NativeLibraries.UnneededVersion));

        // An entry holds the version's hash (4 bytes), the flags (2), an index (2), the name (4).
        int flags = Assert.Single(Differences(original, image));
        Assert.Equal(SystemVHash(NativeLibraries.UnneededVersion), BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(flags - 4)));
        Assert.Equal(0, BinaryPrimitives.ReadUInt16LittleEndian(original.AsSpan(flags)));
        Assert.Equal(2, BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(flags)));
    }

    [Fact]
    public void Marking_twice_is_marking_once()
    {
        byte[] once = File.ReadAllBytes(RealLibrary);
        ElfVersionNeed.MarkWeak(once, NativeLibraries.UnneededVersion);
        byte[] twice = [.. once];

        Assert.Equal(1, ElfVersionNeed.MarkWeak(twice, NativeLibraries.UnneededVersion));
        Assert.Equal(once, twice);
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.999")]
    [InlineData("GLIBCXX_3.4.3")]
    [InlineData("")]
    public void A_version_that_nothing_needs_marks_nothing(string version)
    {
        byte[] image = File.ReadAllBytes(RealLibrary);

        Assert.Equal(0, ElfVersionNeed.MarkWeak(image, version));
        Assert.Equal(File.ReadAllBytes(RealLibrary), image);
    }

    [Fact]
    public void A_library_cut_off_anywhere_is_refused()
    {
        byte[] image = File.ReadAllBytes(RealLibrary);
        for (int length = 0; length < image.Length; length += 64)
        {
            Assert.Throws<BadImageFormatException>(
                () => ElfVersionNeed.MarkWeak(image.AsSpan(0, length), NativeLibraries.UnneededVersion));
        }
    }

    [Fact]
    public void A_small_image_cut_off_anywhere_is_refused()
    {
        for (int length = 0; length < SmallElfImage.Make().Length; length++)
        {
            Assert.Throws<BadImageFormatException>(() => ElfVersionNeed.MarkWeak(SmallElfImage.Make().AsSpan(0, length), "V2"));
        }
    }

    [Fact]
    public void Damage_gives_an_answer_or_BadImageFormatException_and_ends() =>
        Gen.Select(Gen.Int[6, SmallElfImage.Make().Length - 1], Gen.Byte).Array[1, 8].Sample(damage =>
        {
            byte[] image = SmallElfImage.Make();
            foreach (var (at, value) in damage)
            {
                image[at] = value;
            }

            try
            {
                ElfVersionNeed.MarkWeak(image, "V2");
            }
            catch (BadImageFormatException)
            {
                // The only exception it may throw.
            }
        }, iter: 20_000, threads: 1);

    [Fact]
    public void Garbage_is_refused() =>
        Gen.Byte.Array[0, 200].Sample(
            bytes => Assert.Throws<BadImageFormatException>(() => ElfVersionNeed.MarkWeak(bytes, "V2")), threads: 1);

    private static int[] Differences(byte[] before, byte[] after) =>
        [.. Enumerable.Range(0, before.Length).Where(i => before[i] != after[i])];

    /// <summary>The hash of the System V ABI, which version entries carry.</summary>
    private static uint SystemVHash(string name)
    {
        uint hash = 0;
        foreach (char letter in name)
        {
            hash = (hash << 4) + letter;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }
}
