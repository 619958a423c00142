using AuxLossRnn.Notebooks.Jupyter;
using CsCheck;

namespace AuxLossRnn.Notebooks.Tests.Jupyter;

public sealed class CodePointsTests
{
    private static readonly string[] Characters = ["a", "é", "😀", "\n"];

    [Theory]
    [InlineData("abc", 0, 0)]
    [InlineData("abc", 2, 2)]
    [InlineData("😀a😀", 1, 2)]
    [InlineData("😀a😀", 2, 3)]
    [InlineData("😀a😀", 3, 5)]
    [InlineData("\ud83da", 1, 1)]
    [InlineData("e\u0301", 2, 2)]
    public void A_place_is_converted_there_and_back(string text, int codePoints, int utf16)
    {
        Assert.Equal(utf16, CodePoints.ToUtf16(text, codePoints));
        Assert.Equal(codePoints, CodePoints.FromUtf16(text, utf16));
    }

    [Fact]
    public void A_place_beyond_the_end_is_the_end()
    {
        Assert.Equal(2, CodePoints.ToUtf16("😀", 7));
        Assert.Equal(1, CodePoints.FromUtf16("😀", 7));
    }

    [Fact]
    public void Every_place_is_what_the_runes_say() => Gen.Int[0, 3].Select(kind => Characters[kind]).List[0, 20].Sample(characters =>
    {
        for (int count = 0; count <= characters.Count; count++)
        {
            int utf16 = characters.Take(count).Sum(character => character.Length);
            Assert.Equal(utf16, CodePoints.ToUtf16(string.Concat(characters), count));
            Assert.Equal(count, CodePoints.FromUtf16(string.Concat(characters), utf16));
        }
    });
}
