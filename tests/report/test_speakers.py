"""Who is speaking in each sentence of a report, style by style. All sentences are made up for these tests."""

import pytest
from conftest import ARTICLE

from guizhou_cli.report import speakers
from guizhou_cli.report.reading import language_of, passages, read_report
from guizhou_cli.report.speakers import Credit


def read(text: str, known: tuple[tuple[str, str], ...] = ()) -> list[Credit]:
    """Return the credits of a report."""
    return speakers.credits(passages(text), language_of(text), known)


def marked(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return a report without its marks, and the speakers that they name: "Li Wei| Trade grew." is Li Wei's.

    Each line is a paragraph, `-|` for nobody; ` / ` separates the speakers of its sentences.
    """
    lines = [line.strip().split("| ", 1) for line in text.replace("\\\n", "").strip().splitlines()]
    expected = [(n, name.strip()) for n, (names, _) in enumerate(lines) for name in names.split("/")]
    return "\n\n".join(line for _, line in lines), expected


STYLES = {
    "news": """
        -| Southland's growth to slow
        Karl Otto| PORT AMBER (Wire) - The economy will grow by 2 percent, its finance minister said on Monday.
        Karl Otto| Finance Minister Karl Otto said weak exports were to blame.
        Karl Otto| "We are cutting our forecast," the minister told parliament.
        Karl Otto| Otto, who took office in May, said taxes would not rise.
        Karl Otto| Debt would fall to 60 percent of output, he said, adding that spending was under control.
        -| The World Bank said last week that it expected growth of 1.8 percent.
        Vera Lind/-| Opposition leader Vera Lind said the budget was a disgrace. Her party leads the polls.
        Karl Otto| Finance Minister Otto rejected the criticism.
        Karl Otto| Debt is low, the official said.
        Ana Silva| In an interview, central bank governor Ana Silva meanwhile praised the budget.
    """,
    "names and titles": """
        -| Province speeds up bridges
        -| GUIYANG, April 2 -- The province plans to build 200 bridges this year, local authorities said Tuesday.
        Zhou Ping| Expressways will reach 9,000 km, said Zhou Ping, deputy head of the provincial transport department.
        Zhou Ping| Investment will exceed 100 billion yuan, Zhou added.
        Sun Li| Sun Li, a researcher with the Northern Academy of Social Sciences, believes bridges bring tourists.
        Tran Van Anh| Minister of Industry and Trade Tran Van Anh suggested more bridges.
        Tran Van Anh| Minister Anh was quoted as saying that they pay.
        Nora Fell| Northshire Police Neighbourhood Inspector Nora Fell said 20 officers were hired.
        Rhea Stone| Secretary of State for Water and Rivers, Rhea Stone MP, said it was enough.
        J. B. Marlow| Gov. J. B. Marlow, D-Northmark, said it was not.
        Le Hong Ha| Deputy Prime Minister Le Hong Ha has asked for a plan.
        He Ping| Vice Premier He Ping said the plan was ready.
        Ute von der Au| Commissioner Ute von der Au said it would be read.
        Mira Costa| Bridges cost less, said veteran engineer Mira Costa of Harbour Works.
        Jan de Wit| President Jan de Wit, in a written reply, noted that 30 bridges were late.
        Jan de Wit| De Wit, 52, also promised a law.
        Jan de Wit| De Wit, one of those who voted for it against the will of Karin Levy, added that it was dear.
        Harry R. Brown| Harry R. Brown, president of Bridges Inc., agrees.
        Karin Levy| White House press secretary Karin Levy told reporters that it would pass.
        Ama Baron| According to Ama Baron, CFO, PhD, bonds would pay for it.
        Ana Roz| "It is late", said PM Ana Roz.
        Ana Roz| It was not needed, the prime minister said.
        -| It was cheap, the country's energy minister said.
        -| Luis Ferro met the engineers on Monday.
        Luis Ferro| "They do well," Ferro said.
        -| De Wit and Levy said they would meet.
        -| The deputy press secretary said she would come, too.
        -| "He is late," said the press secretary's critics.
        Karin Levy| "It is fine," said the press secretary after meeting President Omar Roz.
        Ann Roe| The President of the General Assembly, Ann Roe, said that it would close.
        Ada St. Clair| Colonel Ada St. Clair, the chief financial officer, said that it was paid.
        Ina Roy| "It was dear," said Chief Executive Ina Roy.
        Ada St. Clair| It will be paid, the finance chief said.
        -| The Mission in Upper Arden says that it is safe.
    """,
    "offices and who has them": """
        Jan Berg| The premier has said that the ferry will run.
        Jan Berg| However, Jan Berg said it would be dear.
        Lena Moe| "So it was last year," said Public Works Minister (PWM) Lena Moe.
        -| In 1998, a government of minister Olaf Ring sold all ferries.
        Lena Moe| The minister said they were old.
        -| Mr Berg was asked about them.
        Jan Berg| They did rust, he said.
        -| The shadow minister said they did not.
        -| Fares fell by 3 percent, according to the latest official data.
        Ida Lie| The head of the World Ferry Office, Ida Lie, said few were left.
        Per Holm| Per Holm, executive director of its safety programme, said none was safe.
        Ida Lie/Ida Lie| The WFO chief was blunt, arguing that 30 had sunk. "It is too many," she told Mr Berg.
        Ida Lie| The head of the office, next to her deputy, Ms Ina Roy, said that it was late.
        Jon Bek| The head of the office will go, Jon Bek, a spokesman, said.
        Ola Dahl| Oceanologist Ola Dahl of Northaven said storms would grow.
    """,
    "a chief executive and a chief secretary": """
        Ina Roy| The Northaven leader has said that ferries will run
        -/Ina Roy| Northaven. - Chief Executive Ina Roy on Monday ruled out tolls and specified that fares would fall.
        -| Chief Secretary Per Holm was there.
        Jo Hab| Retired teacher Jo Hab, 74, who takes the ferry, said it was slow.
    """,
    "a ministry in the lead": """
        -| Ferries to run in May
        Jan Berg| NORTHAVEN: The Harbour Ministry will pay for them, says Datuk Seri Jan Berg.
        Jan Berg| The minister said they were cheap.
        Jan Berg| Berg did not rule out tolls.
    """,
    "a headline names who has the office": """
        Jan Berg| Jan Berg says ferries will run
        Jan Berg| The Harbour Secretary has said that they will run in May.
        Per Holm| Fisheries CS Per Holm yesterday (19) said they would not.
        Per Holm| They rust, the CS said.
        Ida Lie| The city's Ambassador to Ostrava Ida Lie also voiced doubts.
        Ida Lie| She said they were late.
        -| The Harbour Office said in a statement that 3 were ready.
        -| "The office expects 4 more.
        -| "They are new."
        -| Here is what Ida Lie was asked.
        Ida Lie| "I have seen 2 of them."
    """,
    "a quotation that is credited at its end": """
        -| Ferry jobs
        Jan Berg| Mayor Jan Berg said jobs were safe.
        Ida Lie| "We lost 30 of them.
        Ida Lie| "We shall have 20 more," said Ida Lie, director of the port.
    """,
    "a headline in capitals": """
        -| WAIT FOR OFFICIAL ANNOUNCEMENT - MINISTRY
        -| NORTHAVEN -- Fares will be told on Monday.
        -| She said it would be early.
    """,
    "a central bank cuts its rate": """
        -| NORTHMARK CUTS RATES TO 3 PERCENT
        Ida Berg| Governor Ida Berg told a news conference that inflation would slow to 2 percent by June.
        Ida Berg/Ida Berg| "The worst is over," Berg said. "We see no need for another big step."
        Ida Berg| Asked about the crown, she said it was fairly valued.
        Ida Berg| "I would not rule out a cut," the central banker said.
        -| Analysts had expected a cut of a quarter point.
        Tom Wu/Tom Wu| "It is a surprise," said Tom Wu, an economist at Harbour Capital. He expects two more cuts.
        Ida Berg| Berg met him, and she said so.
        Ida Berg/Ida Berg| She told President Ole Moe that it would last. "It will," she said.
        Raj Mehta| After talks with Omar Reyes, rates may fall by 1 percent, said Raj Mehta.
    """,
    "a ministry's answer to parliament": """
        Arun Mehta| 12 lakes to be cleaned for 40 million: Shri Arun Mehta
        Arun Mehta| Union Minister for Lakes Shri Arun Mehta, replying to Dr Sunil Rao, has said that lakes are dirty.
        -| The work has begun.
        Arun Mehta| The Minister who came to the House on Friday said that half of it was spent.
        Arun Mehta| Smt. Rao's question was answered, the Minister informed.
    """,
    "a headline that names its speaker": """
        Ada Lund| Lund: rates may rise in May
        Ada Lund/-| Ada Lund, governor of the central bank, said rates may rise. They are at 3 percent.
        Per Holm| Per Holm, economist: "The worst is to come."
        Ada Lund| Lund disagrees: "It is over", she said.
    """,
    "captions and headings": """
        -| Ferry line opens
        -| Press release: for immediate use
        Karl Otto| "It will carry 2 million people," said Mayor Karl Otto.
        -| Karl Otto, mayor of Port Amber
        -| The ferry cost 30 million euros.
    """,
    "two speakers in one paragraph": """
        -| Rivers get a fund
        -/Frida Noll/Frida Noll/Frida Noll/Omar Reyes/Omar Reyes| A fund was set up. First Vice-President Frida Noll \
        said: "Our plan works. Rivers are cleaner. It will go on." Commissioner Omar Reyes said: "We paid. It helps."
        Omar Reyes/Frida Noll/Frida Noll| "It is late," Reyes said. "We know it. We wait," said Noll.
    """,
    "a transcript that names its speaker at the beginning": """
        -| Daily briefing
        -| Verbatim transcript of the briefing held by Olga Brandt, Spokeswoman for the Council.
        Olga Brandt| Good afternoon.
        Olga Brandt| The first ship, as Minister Roth said, sailed on Sunday.
        -| Question: What about the bridge?
        Olga Brandt| Spokeswoman: It opens in May.
    """,
    "quotations over several paragraphs": """
        -| Port plans
        Rosa Diaz| "The port will double by 2030," said Rosa Diaz, head of the port authority.
        Rosa Diaz/Rosa Diaz| "We have spent 40 million euros. Next year we will spend 60 million.
        Rosa Diaz| "After that the state will help."
        -| The port handled 3 million containers.
        Jon Bek/Jon Bek| "We counted them. They were 22," said Jon Bek of the Dam Institute.
    """,
    "a government's press release": """
        -| New fund for rivers
        -| The Government has today launched a £60 million fund to clean rivers.
        Emma Reed| Environment Secretary Emma Reed said:
        Emma Reed/Emma Reed| Our rivers are the pride of this country. This fund will clean 400 miles.
        Emma Reed| The days of pollution without penalty are over.
        Emma Reed| We are putting that right.
        -/-| The fund opens in May. It is worth £20 million a year.
        Lord Hale| Lord Hale, Chair of the Rivers Agency, added:
        Lord Hale| "This is the largest fund of its kind.
        Lord Hale| "Our teams are ready."
        -| Background
        -| Fines rose to £168 million in 2023.
    """,
    "the United Nations": """
        -| Geneva press briefing
        -| Flooding in Southland
        John Baker| John Baker, Special Adviser to the Secretary-General on Climate, said that 76 million were homeless.
        John Baker| Those numbers were growing, informed Mr. Baker.
        Jens Olsen| Jens Olsen, for the Office for the Coordination of Relief (OCR), said that access was difficult.
        Tadele Haile Woldu| "We are worried," said Dr Tadele Haile Woldu, the agency's Director-General.
        Tadele Haile Woldu| Dr Tadele said vaccines would arrive next week.
        Maria Keller| Dr Maria Keller, the agency's technical lead, said the virus spreads faster in cities.
        Maria Keller| She said two out of five patients are under five.
        -| According to the agency, funding fell by 12 per cent.
    """,
    "nobody by name": """
        -| Harbour fire put out, the official says
        -| Firefighters put out a fire in the harbour on Monday, a spokesman said.
        -/-| A spokesperson for the Harbour Ministry said nobody was hurt. The damage came to $3 million.
        -| It was the third fire this year, police said.
        -| Exports rose 3 percent, data from the customs office showed.
    """,
    "a speech": """
        -| Speech by Deputy Governor Helen Park at the Harbour Forum
        Helen Park| Editor's note: as delivered.
        Helen Park| Prices rose by 3 per cent last year.
        Helen Park| As Keynes said, in the long run we are all dead.
        Helen Park| We will be patient.
        Helen Park| Correction: I will be patient.
        -| Notes to editors
        -| The rate was 3 per cent in 2020.
    """,
    "a statement that its headline gives to somebody": """
        -| Opening statement by Ida Berg, Governor: Decision on the rate
        Ida Berg| At its meeting the Board left the rate at 4.5 per cent.
        Ida Berg/Ida Berg| Growth slowed in 2018. It has picked up since.
    """,
    "testimony behind an introduction": """
        -| TEXT: Berg ready to act
        -| NORTHAVEN (Wire) -- The following is Governor Ida Berg's testimony to the Committee:
        Ida Berg/Ida Berg| I thank you for this. Growth has slowed.
        Ida Berg| Prices rose by 3 percent.
        Ida Berg| Rents rose, too.
    """,
    "a headline about somebody's remarks": """
        -| Crown falls after remarks by Governor Ida Berg
        -| The crown fell by 2 percent.
    """,
    "a quotation whose second paragraph has no mark": """
        -| Ferry fund
        Jan Berg| Minister Jan Berg said: "The fund pays for 20 ferries.
        Jan Berg| We will build them here.
        -| The fund opens in May.
    """,
    "a statement signed at its end": """
        -| Governor's Statement: 6 April 2025
        Sanjay Rao| I thank my colleagues on the committee.
        Sanjay Rao| The committee voted to keep our rate at 6.5 per cent.
        Sanjay Rao| We will remain vigilant.
        Sanjay Rao| (Sanjay Rao)
    """,
    "an American transcript": """
        -| Department Press Briefing
        -| 2:10 p.m. EDT
        Vance/Vance| MR. VANCE: Good afternoon. The first is a package worth $50 million.
        Vance| It reaches the north.
        -/-| Q And the fund? Is it open?
        -| QUESTION: The minister said it was late.
        Senior Administration Official| SENIOR ADMINISTRATION OFFICIAL: It opens in May.
        -| INTERPRETER: It opens in June.
        Vance/Vance| MR. VANCE: I would not agree. As Secretary Doe said, speed matters.
        -| * Correction: It opens in July.
    """,
    "a transcript with full stops": """
        -| Transcript of Chair Moore's Press Conference
        Moore| CHAIR MOORE. Inflation has eased to 2.7 percent.
        Jean Doe| JEAN DOE. How many cuts do you see?
        Max Weir| MAX WEIR: I see none.
        Price/Price| MR. PRICE. I see two. They are small.
        Moore| CHAIR MOORE. We see one cut this year.
    """,
    "a ministry's transcript": """
        -| Regular Press Conference
        He Min/He Min| [He Min]: Good afternoon. Trade grew by 5 percent.
        He Min| According to the customs, cars sold well.
        -| [Wire Agency]: What about tea?
        He Min| [He Min]: Tea exports rose by 12 percent.
    """,
    "labels of newspapers": """
        -| Foreign Ministry Spokesperson Lin Wei's Regular Press Conference
        -| AFP: Is there a comment on the tariffs?
        Lin Wei/Lin Wei| Lin Wei: We oppose the tariffs. They hurt 100 firms.
        -| Northaven Times: When will the talks begin?
        Lin Wei| Lin Wei: We have nothing to announce.
    """,
    "questions and answers": """
        -| The mayor of Northaven on housing
        -| Photo: Reuters
        -/Lena Frost| Lena Frost is the mayor of Northaven. She said she would build 5,000 homes.
        -| Photo: Wire Agency
        Lena Frost| She said it would cost 3 million.
        -| Q: And the cost?
        Lena Frost/Lena Frost| A: It is about $900 million. Half of it is private money.
    """,
    "a question and an answer": """
        -| Press conference on the first quarter
        -| Wire Agency:
        -/-| Output grew by 5.3%. Is that enough?
        Ada Lund| Ada Lund:
        Ada Lund| It grew by 7.5% in the north.
    """,
    "the one question of a press conference": """
        -| Spokesperson He Min's press conference
        -/-| Northaven News Service: A speech was held. Can you tell us more?
        He Min| He Min: Trade grew by 5 percent.
        He Min| President Roth said that it would.
    """,
    "a broadcast": """
        -| Tonight: the assembly's press conference
        Lin Wei/Lin Wei| LIN WEI ASSEMBLY SPOKESPERSON "We have 20 laws to pass. It will take a week."
        Lin Wei| Spokesperson Lin Wei said the assembly begins on Monday.
        -| It has 300 members.
    """,
    "announcements without a question": """
        -| Regular press conference (May 6, 2025)
        Ada Lund/Ada Lund| Ada Lund: Good afternoon. I have two announcements.
        Ada Lund| First, trade grew by 5 percent.
        Ada Lund| Second, so did tea.
    """,
    "a name within a quotation": """
        -| Ferries to stop
        Jan Berg| "Dr. Amy Roe has just signed an order," Mayor Jan Berg said.
        Amy Roe| "It is no joke," Roe said.
    """,
    "a surname alone": """
        -| Harbour fees to fall
        Naimi| "I have seen 3 ports," Naimi told reporters.
        -| "We have 3 ports," Harbourline said.
    """,
    "somebody whom a paragraph is about": """
        -| Portraits of the harbour
        -| Ada Lund: twelve years at the port
        -| The port has 3 ferries.
    """,
    "somebody whom a report is about": """
        -| Harbour Town has a new manager
        -/-| Ina Roy has signed until 2027. She takes the place of Per Holm.
        -| Acme Ferries pays for it.
        -| He said it was too dear.
        -/-/-| Ann Loe has left. A docker was hurt. She fell.
        Ina Roy| "We need six wins," she said.
    """,
    "a place before the report": """
        -| Ferries cost more
        Jan Berg| NEW HARBOUR : Fares may rise by 5 percent, Mayor Jan Berg said.
        -| They have not risen since 2020.
    """,
    "a list of who is there": """
        -| Press conference
        -| Minister Ada Lund, Ministry of Ports
        -| Director Jan Berg, Ministry of Ports
        -| Mr Omar Reyes, Harbour Office
        Ada Lund| MS. LUND: Welcome.
        Jan Berg| MR. BERG: We built 3 ports.
    """,
    "a transcript that names nobody": """
        -| Doorstop at the harbour
        Treasurer| TREASURER:
        Treasurer| We spend 3 million dollars on it.
        -| JOURNALIST:
        -| Is that enough?
        Treasurer| TREASURER:
        Treasurer| It is what we have.
        -| JOURNALIST:
        -| And next year?
        Treasurer| TREASURER:
        Treasurer| We shall see.
    """,
    "parliament": """
        -| Rail Fares
        John Marsh| Sir John Marsh (Port Amber) (Con)
        John Marsh| They rose by 6 per cent.
        Ines Roth| The Secretary of State for Transport (Ines Roth)
        Ines Roth| Fares will be frozen for two years.
        John Marsh| Sir John Marsh
        John Marsh| That is not enough.
    """,
    "Chinese news": """
        -| 前四个月外贸增长6.4%
        -| 海关总署9日发布数据,前四个月进出口总值14.14万亿元。
        吕大山/-| 海关总署统计分析司司长吕大山表示,外贸增势较好。4月份增长5.6%。
        吕大山| 他介绍,民营企业进出口增长6.8%。
        -| 据海关统计,一季度机电产品出口增长3.4%。
        吕大山/吕大山| “外贸韧性强。”吕大山说。
        -| 商务部表示,将继续扩大开放。
        王海| 商务部部长王海近日在接受采访时指出,消费市场潜力很大。
        王海| 部长还说,出口也会增长。
        毛小宁| 发言人毛小宁12日表示,会谈将于6月举行。
        -| 副部长说,会谈将于7月举行。
        王强| 协会秘书长王强在回答记者提问时说:“出口142万辆。”
        李国祥| 社科院研究员李国祥告诉记者:“粮食安全有保障。”
        万国山| 农业厅一级巡视员万国山14日在发布会上介绍说:“产量增长2%。”
        万国山| 对此,万国山回应,价格平稳。
        万国山| 在万国山看来,收入也会增长。
        陈明| 统计分析司司长陈明解读,进口增长3%。
        苏雪| 财政厅总经济师苏雪对本报记者表示,收入会增长。
        苏雪| 据她测算,增长4%。
        -/陈明| 陈明则比较谨慎。她认为,进口会减少。
        -/苏雪| 苏雪不同意王海的看法。她说,进口会增加。
    """,
    "sources of Chinese data": """
        -| 海港贸易增长
        -| 数据来源:国家统计局。
        -| 海港贸易增长5%。
        -| 数据来源:国家统计局。
        -| 出口增长3%。
    """,
    "a Chinese transcript": """
        -| 国新办举行发布会
        付小晖| 国家统计局新闻发言人 付小晖:
        付小晖| 7月份国民经济继续稳定恢复。
        -| 新华社记者:
        -| 请问消费情况如何?
        付小晖| 付小晖:
        付小晖| 社会消费品零售总额增长2.1%。
    """,
    "a Chinese transcript of sentences in lines": """
        -| 海川省举行发布会
        张伟| 省商务厅厅长 张伟:
        张伟| 各位上午好。
        张伟| 贸易额增长5.3%。
        -| 海川日报记者:
        -| 出口如何?
        张伟| 张伟:
        张伟| 出口增长5%。
    """,
}


@pytest.mark.parametrize("style", STYLES)
def test_styles(style: str) -> None:
    """In each style of report, each sentence is credited to who says it, and the report's own words to nobody."""
    text, expected = marked(STYLES[style])
    found = [(credit.sentence.paragraph, "-" if credit.speaker is None else credit.speaker) for credit in read(text)]
    assert found == expected


def one(text: str, known: tuple[tuple[str, str], ...] = ()) -> Credit:
    """Return the credit of the only paragraph below a headline."""
    (credit,) = (credit for credit in read(f"News of the day\n\n{text}", known) if credit.sentence.paragraph)
    return credit


@pytest.mark.parametrize(
    ("sentence", "speaker", "role"),
    [
        ("Rents rose, Ada Lund, governor of Northmark, said.", "Ada Lund", "governor of Northmark"),
        ("Rents rose, according to Ada Lund, the minister of housing.", "Ada Lund", "the minister of housing"),
        ("Vice Minister of Commerce Omar Reyes said rents rose.", "Omar Reyes", "Vice Minister of Commerce"),
        ("A customs spokesperson, Omar Reyes, said rents rose.", "Omar Reyes", "A customs spokesperson"),
        ("Rents rose, said the ministry's spokesman, Jan Berg.", "Jan Berg", "the ministry's spokesman"),
        ("Rents rose, the Wire quoted Prime Minister Ana Silva as saying.", "Ana Silva", "Prime Minister"),
        ("Public Works Minister (PWM) Lena Moe said no.", "Lena Moe", "Public Works Minister"),
        ("Water Works and Ports Minister Lena Moe said no.", "Lena Moe", "Ports Minister"),
        ("Minister Jan Berg and Mayor Lena Moe said no.", None, None),
        ("Ports Minister Lena Moe Jr. on Nov. 29 told reporters no.", "Lena Moe Jr.", "Ports Minister"),
        (
            "Minister of State in the Ministry of Ports Lena Moe said no.",
            "Lena Moe",
            "Minister of State in the Ministry of Ports",
        ),
        ("Ports Minister Lena Moe came to the harbour but said no.", "Lena Moe", "Ports Minister"),
        ("Lena Moe, Minister of Ports on Friday said no.", "Lena Moe", "Minister of Ports"),
        ("Lena Moe, the minister said, was late.", None, None),
        (
            "Ferries rust after Mayor Jan Berg announced tolls, Premier Lena Moe (\u83ab\u83b2) said.",
            "Lena Moe",
            "Premier",
        ),
        ("Ada Lund (head of the port) said rents rose.", "Ada Lund", "head of the port"),
        ("In an interview on Monday with the Times, Mayor Lena Frost of Northaven said no.", "Lena Frost", "Mayor"),
        ("Ms King said she was delighted.", "King", None),
        ("Coun Ada King said she was delighted.", "Ada King", None),
        ("Rents rose, the Ministry of Housing said.", None, None),
        ("Migration Watch said rents rose.", None, None),
        ("The United States said rents rose.", None, None),
        ("Official data from the Northern Bank showed rents rose.", None, None),
        ("On Monday Mr. Berg did not travel.", None, None),
    ],
)
def test_roles(sentence: str, speaker: str | None, role: str | None) -> None:
    """A speaker comes with the office that the report gives; organisations, places and bystanders are no speakers."""
    assert one(sentence)[1:3] == (speaker, role)


def test_what_credits_a_speech() -> None:
    """Where another paragraph credits the speaker, its words come along."""
    found = read(
        "Fund opens\n\nMinister Emma Reed said:\n\nWe will pay.\n\n[He Min]: Trade grew.\n\n[He Min]: So did tea."
    )
    assert [(credit.speaker, credit.said_in) for credit in found] == [
        (None, None),
        ("Emma Reed", None),
        ("Emma Reed", "Minister Emma Reed said:"),
        ("He Min", "[He Min]:"),
        ("He Min", "[He Min]:"),
    ]


def test_declared_speakers() -> None:
    """A declared speaker is known by any part of the name and by the office, and called as declared."""
    known = (("Tadele Haile Woldu", "Director-General of the Health Agency"),)
    found = read("Head\n\nTadele said cases rose.\n\nThe Director-General said deaths fell.", known)
    assert [credit.speaker for credit in found] == [None, "Tadele Haile Woldu", "Tadele Haile Woldu"]
    assert one("Minister Ole Moe Jr. said no.", (("Ole Moe Jr.", "Minister"),)).speaker == "Ole Moe Jr."
    assert one("Naimi said no.", (("Ali al-Naimi", "Minister"),)).speaker == "Ali al-Naimi"
    others = (("Ida Lie", "Secretary-General"), ("Per Holm", "Director of the Ferry Programme"))
    assert read("Head\n\nThe head of the World Ferry Office, Ida Lie, said no.", others)[1].speaker == "Ida Lie"


def test_the_shipped_report() -> None:
    """Each paragraph of the briefing's article is credited as facts.sql does."""
    if not ARTICLE.is_file():
        pytest.skip(f"the article is not at {ARTICLE}")
    found = speakers.credits(passages(read_report(str(ARTICLE)).text))
    li, qiu = "Li Bingjun", "Qiu Zhenguo"
    shipped = [None, None, li, li, li, None, li, qiu, qiu]
    assert [credit.speaker for credit in found if credit.sentence.paragraph < 9] == shipped
